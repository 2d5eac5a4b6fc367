"""`python -m api.mcp`: the tools for agents over standard input and output, by the SDK of the Model
Context Protocol.

The SDK takes longer to import than all the rest of the service: whoever serves HTTP imports this
module with the first request to /mcp (mcp_endpoint.py), and not before.
"""

import argparse
import asyncio
import logging

import orjson
from fastapi import FastAPI
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import SecretStr
from starlette.requests import Request

from api import __version__, mcp_tools
from api.app import create_app
from api.logging_config import configure_logging
from api.responses import ATTRIBUTION, LICENSE
from api.settings import load_settings
from api.strict_route import MAX_BODY_BYTES

INSTRUCTIONS = f"""What one occupation needs that another does not have, from a tested warehouse \
of one O*NET release, with \
O*NET's own uncertainty. Find a code with search_occupations, then ask skill_gap, \
compare_occupations, technology_gap or \
career_transitions. Tell only significant gaps as gaps, name the release of `publication` with \
every figure, and pass on the \
attribution: {ATTRIBUTION} {LICENSE}"""

_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


def create_server(app: FastAPI) -> Server:
    """The SDK's server with the tools, which ask the application."""
    # the application writes a line per request already, and that without its query
    for name in ("mcp", "httpx2"):
        logging.getLogger(name).setLevel(logging.WARNING)
    known = {each.tool.name: each for each in mcp_tools.operations(app.openapi())}

    async def list_tools(
        _: ServerRequestContext, __: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(
            tools=[
                Tool(
                    name=name,
                    title=each.title,
                    description=each.description,
                    input_schema=each.input_schema,
                    output_schema=each.output_schema,
                    annotations=_READS,
                )
                for name, each in known.items()
            ]
        )

    async def call_tool(
        context: ServerRequestContext, params: CallToolRequestParams
    ) -> CallToolResult:
        if params.name not in known:
            raise MCPError(
                code=INVALID_PARAMS,
                message=f"There is no tool {params.name[:100]!r}; there are {', '.join(known)}.",
            )
        request = context.request if isinstance(context.request, Request) else None
        headers = {**request.headers, "x-request-id": request.state.request_id} if request else {}
        root_path = request.scope.get("root_path", "") if request else ""
        is_found, body = await mcp_tools.call(
            app, known[params.name], params.arguments or {}, headers, root_path
        )
        text = TextContent(text=orjson.dumps(body).decode())
        return CallToolResult(
            content=[text], structured_content=body if is_found else None, is_error=not is_found
        )

    return Server(
        "onet-skill-gap",
        version=__version__,
        title=app.title,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def create_session_manager(app: FastAPI) -> StreamableHTTPSessionManager:
    """For HTTP: each request stands alone, whichever process gets it, and is answered with JSON."""
    return StreamableHTTPSessionManager(
        create_server(app), stateless=True, json_response=True, max_request_body_size=MAX_BODY_BYTES
    )


async def _serve_stdio() -> None:
    # Whoever starts this process reads the warehouse with its rights: the keys are for those who
    # come over the network.
    settings = load_settings().model_copy(update={"api_keys": SecretStr("")})
    app = create_app(settings)
    server = create_server(app)
    # While it serves, the SDK turns whatever else is written to standard output, such as the log,
    # to standard error.
    async with stdio_server() as (reading, writing):
        try:
            await server.run(reading, writing, server.create_initialization_options())
        finally:
            await app.state.database.close()


def main() -> None:
    argparse.ArgumentParser(
        prog="python -m api.mcp",
        description=(
            "Serves the tools for agents (Model Context Protocol) on standard input and output."
            " Reads the same environment variables as `python -m api`; docs/agents.md says how to"
            " connect an agent."
        ),
    ).parse_args()
    configure_logging()
    asyncio.run(_serve_stdio())


if __name__ == "__main__":
    main()

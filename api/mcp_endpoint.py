"""`POST /mcp`: the tools for agents over streamable HTTP."""

import asyncio
import importlib
import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.problems import Problem

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

_OF_THIS_MACHINE = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?")


class McpEndpoint:
    """Makes the SDK's session manager when it is first asked for, and ends it with the application.

    `origins` are those of API_CORS_ORIGINS.
    """

    def __init__(self, app: FastAPI, origins: Collection[str] = ()) -> None:
        self._app = app
        self._origins = origins
        self._manager: StreamableHTTPSessionManager | None = None
        self._task: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._closing = asyncio.Event()

    async def post(self, request: Request) -> Response:
        """What answers; the route has asked for a key already."""
        self._require_origin(request)
        return _Streamed(await self._started())

    def _require_origin(self, request: Request) -> None:
        """Refuses pages of strangers, which a browser lets write here under a name that they have
        turned to this address.

        A browser names a page's origin in every POST; an agent that is no page names none. Host is
        looked at for every request already, and may have any name: which ones lead here is known to
        proxies alone.
        """
        for origin in request.headers.getlist("origin"):
            if (
                "*" not in self._origins
                and origin not in self._origins
                and not _OF_THIS_MACHINE.fullmatch(origin)
            ):
                raise Problem(
                    "origin-not-allowed", "Origin: pages of this origin may not use /mcp."
                )

    async def _started(self) -> "StreamableHTTPSessionManager":
        async with self._starting:
            if self._manager is None:
                module = await asyncio.to_thread(importlib.import_module, "api.mcp")
                manager: StreamableHTTPSessionManager = module.create_session_manager(self._app)
                is_running = asyncio.Event()
                # In a task of its own: what a request starts and ends would go with that request.
                self._task = asyncio.create_task(self._run(manager, is_running))
                await is_running.wait()
                self._manager = manager
        return self._manager

    async def _run(
        self, manager: "StreamableHTTPSessionManager", is_running: asyncio.Event
    ) -> None:
        async with manager.run():
            is_running.set()
            await self._closing.wait()

    async def close(self) -> None:
        self._closing.set()
        if self._task:
            await self._task


class _Streamed(Response):
    """Whatever the SDK writes."""

    def __init__(self, manager: "StreamableHTTPSessionManager") -> None:
        super().__init__()
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._manager.handle_request(scope, receive, send)

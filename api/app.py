"""Puts the service together: settings → database → routes.

`uvicorn api.app:app` serves it as the environment says; `create_app` makes one with settings of
one's own.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import cast

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp

from api import __version__
from api.auth import ApiKeys
from api.database import (
    Database,
    DatabaseUnavailableError,
    NoPublicationError,
    open_database,
    read_timestamp,
)
from api.dependencies import problem_responses, require_publication
from api.docs import SchemaDocs, docs_file, render_docs
from api.labor import LABOR_ATTRIBUTION
from api.logging_config import configure_logging
from api.mcp_endpoint import McpEndpoint
from api.metrics import Metrics
from api.middleware.compression import CompressionMiddleware
from api.middleware.cors import build_cors_options
from api.middleware.request_context import RequestContextMiddleware
from api.middleware.response_cache import ResponseCacheMiddleware
from api.middleware.root_path import RootPathMiddleware
from api.occupation_cache import OccupationCache
from api.openapi import customize_openapi
from api.problems import Problem, get_problem_name, problem_response
from api.queries.publication import CURRENT_PUBLICATION
from api.response_cache import ResponseCache
from api.responses import ATTRIBUTION, LICENSE
from api.routes import (
    codes,
    comparison,
    elements,
    health,
    index,
    occupations,
    problems,
    profile_gap,
    publication,
    similarity,
    skill_gap,
    skill_gaps,
    technology_gap,
    transitions,
)
from api.settings import Settings, load_settings
from api.strict_route import StrictRoute
from api.validation import build_validation_problem

ROUTERS = (
    skill_gap.router,
    publication.router,
    health.router,
    problems.router,
    comparison.router,
    technology_gap.router,
    occupations.router,
    transitions.router,
    similarity.router,
    profile_gap.router,
    skill_gaps.router,
    codes.router,
    elements.router,
)
DESCRIPTION = f"""Which skills does one occupation need that another does not have, or has at a \
lower level? With levels, importance and \
O*NET's own uncertainty, read from a tested warehouse of one O*NET release.

Codes are O*NET-SOC codes such as `11-1011.00`. Levels go from 0 to 7, importance from 1 to 5. \
Flags are 0 or 1. Errors are problem details
(RFC 9457). Responses have an ETag that changes with the publication. Fields are added,
    not taken away.

{ATTRIBUTION} {LICENSE} {LABOR_ATTRIBUTION}"""


_SCRAPE_SECONDS = 3
"""Prometheus waits ten."""


TAGS = [
    {
        "name": "gaps",
        "description": (
            "What somebody needs for another occupation: skills, technologies, and which occupation"
            " is near."
        ),
    },
    {
        "name": "occupations",
        "description": "Occupations, the codes they go by, and the elements they are rated on.",
    },
    {"name": "service", "description": "What is published, and how the service is."},
]


class Application(FastAPI):
    """FastAPI with the layers that are needed here: none for telemetry or forms, and
    RequestContextMiddleware is the last resort itself."""

    def build_middleware_stack(self) -> ASGIApp:
        app: ASGIApp = ExceptionMiddleware(
            AsyncExitStackMiddleware(self.router), handlers=self.exception_handlers
        )
        for layer, args, kwargs in reversed(self.user_middleware):
            app = layer(app, *args, **kwargs)
        return app


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application. Needs no warehouse to start: until there is one, it answers 503."""
    settings = settings or load_settings()
    database = open_database(settings)
    api_keys = ApiKeys(settings.keys)
    metrics = Metrics(settings.warehouse_engine)
    metrics.connections_max.set(database.usage.size)
    database.usage.listen = metrics.connections_in_use.set

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        log = structlog.get_logger("api")
        log.info(
            "started",
            version=__version__,
            engine=settings.warehouse_engine,
            warehouse=settings.warehouse_name,
            keys=len(api_keys),
        )
        if settings.has_default_password_in_public:
            log.warning(
                "default_password",
                advice=(
                    "others than this machine reach the API: set passwords of your own"
                    " (.env.example)"
                ),
            )
        yield
        await agents.close()
        await database.close()
        log.info("stopped")

    # The routes go in as they are: an included router costs every request a second match in this
    # FastAPI.
    app = Application(
        title="O*NET skill gaps",
        version=__version__,
        description=DESCRIPTION,
        license_info={"name": "MIT", "identifier": "MIT"},
        contact={"name": "the O*NET skill gap authors"},
        servers=[{"url": settings.api_root_path or "/"}],
        openapi_tags=TAGS,
        lifespan=lifespan,
        routes=[route for router in ROUTERS for route in router.routes] + index.router.routes,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # it would ask for each request whether it is wanted
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.database = database
    app.state.occupations = OccupationCache(database)
    app.state.api_keys = api_keys
    has_cache = settings.api_cache_bytes and not api_keys
    app.state.response_cache = (
        ResponseCache(metrics, settings.api_cache_bytes) if has_cache else None
    )
    app.openapi = customize_openapi(app, api_keys)  # type: ignore[method-assign]
    app.router.route_class = StrictRoute
    agents = McpEndpoint(app, settings.cors_origins)
    app.router.add_api_route("/mcp", agents.post, methods=["POST"], include_in_schema=False)
    _add_metrics_and_docs(app, metrics, SchemaDocs(settings.docs_directory))
    _add_exception_handlers(app)
    if app.state.response_cache is not None:
        app.add_middleware(
            ResponseCacheMiddleware, cache=app.state.response_cache, database=database
        )
    app.add_middleware(CompressionMiddleware)
    if settings.cors_origins:
        app.add_middleware(CORSMiddleware, **build_cors_options(settings.cors_origins))
    app.add_middleware(RequestContextMiddleware, metrics=metrics)
    if settings.api_root_path:
        app.add_middleware(RootPathMiddleware, root_path=settings.api_root_path)
    return app


def _add_metrics_and_docs(app: FastAPI, metrics: Metrics, schema_docs: SchemaDocs) -> None:
    @app.get(
        "/metrics",
        operation_id="get_metrics",
        summary="Get the metrics for Prometheus",
        description=(
            "Requests by method, route template and status with their times, the response cache,"
            " connections, what is published, and the process's memory and CPU time."
            " docs/monitoring has a dashboard and alerts."
        ),
        response_class=Response,
        responses=problem_responses(422)
        | {
            200: {
                "description": "The metrics.",
                "content": {
                    "text/plain": {
                        "schema": {"type": "string"},
                        "example": "http_request_duration_seconds_count …",
                    }
                },
            }
        },
        tags=["service"],
    )
    async def get_metrics() -> Response:
        metrics.published.publication = await _find_publication(app.state.database)
        return Response(
            metrics.render(),
            headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"},
        )

    app.router.add_api_route("/docs", render_docs, include_in_schema=False)
    app.router.add_api_route(
        "/docs/{name}", docs_file, include_in_schema=False, route_class_override=APIRoute
    )

    # Not StrictRoute: dbt's page asks for its files with a parameter against caches.
    for path in ("/schema", "/schema/{path:path}"):
        app.router.add_api_route(
            path, schema_docs.page, include_in_schema=False, route_class_override=APIRoute
        )


async def _find_publication(database: Database) -> tuple[str, str, datetime] | None:
    """Release, build and time; none where they cannot be read while a scrape waits."""
    try:
        async with asyncio.timeout(_SCRAPE_SECONDS):
            build_id, release, published_at = require_publication(
                await database.fetch(CURRENT_PUBLICATION, {})
            )[0][:3]
    except (NoPublicationError, DatabaseUnavailableError, TimeoutError):
        return None
    return release, build_id, cast(datetime, read_timestamp(published_at))


def _list_methods(request: Request) -> list[str]:
    """All that an address answers; the framework names those of its first route alone."""
    there = {
        method
        for route in request.app.routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }
    return sorted(there | ({"HEAD"} if "GET" in there else set()))


def _add_exception_handlers(app: FastAPI) -> None:
    """Whatever a route raises becomes problem+json."""

    def respond(request: Request, problem: Problem, status: int | None = None) -> Response:
        root_path = request.scope.get("root_path", "")
        return problem_response(problem, request.state.request_id, status, root_path)

    @app.exception_handler(Problem)
    async def _(request: Request, error: Problem) -> Response:
        return respond(request, error)

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, error: RequestValidationError) -> Response:
        return respond(request, build_validation_problem(error))

    @app.exception_handler(NoPublicationError)
    async def _(request: Request, _error: NoPublicationError) -> Response:
        return respond(
            request,
            Problem("no-publication", "No O*NET release has been published to this warehouse yet."),
        )

    @app.exception_handler(DatabaseUnavailableError)
    async def _(request: Request, _error: DatabaseUnavailableError) -> Response:
        return respond(
            request, Problem("database-unavailable", "The warehouse cannot be read at the moment.")
        )

    @app.exception_handler(HTTPException)
    async def _(request: Request, error: HTTPException) -> Response:
        # the framework puts an error of its own around what goes wrong while it reads a body
        if isinstance(error.__cause__, Problem):
            return respond(request, error.__cause__)
        headers = dict(error.headers or {})
        if "Allow" in headers:
            headers["Allow"] = ", ".join(_list_methods(request))
        details = {
            400: "The body cannot be read as JSON in UTF-8.",
            404: "There is nothing at this address.",
            405: f"This address answers {headers.get('Allow', 'other methods')}.",
        }
        problem = Problem(
            get_problem_name(error.status_code),
            details.get(error.status_code, "The request was refused."),
            headers=headers,
        )
        return respond(request, problem, error.status_code)


def __getattr__(name: str) -> FastAPI:
    """`app` is made when a server asks for it: importing `create_app` reads no environment and
    touches no log."""
    if name != "app":
        raise AttributeError(name)
    configure_logging()
    return create_app()

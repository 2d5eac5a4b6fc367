"""Puts the service together: settings → database → routes.

`uvicorn api.app:app` serves it as the environment says; `create_app` makes one with settings of one's own.
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

from api import (
    __version__,
    code_routes,
    comparison,
    elements,
    occupations,
    profile,
    queries,
    similarity,
    skill_gap,
    skill_gaps,
    technology,
    transitions,
)
from api.answers import ATTRIBUTION, LICENSE
from api.compression import CompressionMiddleware
from api.cors import cors_options
from api.database import Database, DatabaseUnavailableError, NoPublicationError, open_database, read_timestamp
from api.description import describe
from api.documentation import SchemaDocs, docs_file, docs_page
from api.edge import Edge
from api.finished import Finished
from api.keys import Keys
from api.labor_queries import LABOR_ATTRIBUTION
from api.logs import configure_logs
from api.lookups import may_fail, published
from api.mcp_endpoint import McpEndpoint
from api.metrics import Metrics
from api.occupation_cache import OccupationCache
from api.parameters import StrictRoute, problem_of_validation
from api.problems import Problem, name_for_status, problem_response
from api.response_cache import ResponseCache
from api.root_path import RootPathMiddleware
from api.routes import page_router
from api.routes import router as core
from api.settings import Settings, load_settings

ROOMS = (
    skill_gap.router,
    core,
    comparison.router,
    technology.router,
    occupations.router,
    transitions.router,
    similarity.router,
    profile.router,
    skill_gaps.router,
    code_routes.router,
    elements.router,
)
DESCRIPTION = f"""Which skills does one occupation need that another does not have, or has at a lower level? With levels, importance and \
O*NET's own uncertainty, read from a tested warehouse of one O*NET release.

Codes are O*NET-SOC codes such as `11-1011.00`. Levels go from 0 to 7, importance from 1 to 5. Flags are 0 or 1. Errors are problem details
(RFC 9457). Answers have an ETag that changes with the publication. Fields are added, not taken away.

{ATTRIBUTION} {LICENSE} {LABOR_ATTRIBUTION}"""


_SCRAPE_SECONDS = 3
"""Prometheus waits ten."""


TAGS = [
    {"name": "gaps", "description": "What somebody needs for another occupation: skills, technologies, and which occupation is near."},
    {"name": "occupations", "description": "Occupations, the codes they go by, and the elements they are rated on."},
    {"name": "service", "description": "What is published, and how the service is."},
]


class Application(FastAPI):
    """FastAPI with the layers that are needed here: none for telemetry or forms, and the edge is the last resort itself."""

    def build_middleware_stack(self) -> ASGIApp:
        app: ASGIApp = ExceptionMiddleware(AsyncExitStackMiddleware(self.router), handlers=self.exception_handlers)
        for layer, args, kwargs in reversed(self.user_middleware):
            app = layer(app, *args, **kwargs)
        return app


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application. Needs no warehouse to start: until there is one, it answers 503."""
    settings = settings or load_settings()
    database = open_database(settings)
    keys = Keys(settings.keys)
    metrics = Metrics(settings.warehouse_engine)
    metrics.connections_max.set(database.usage.size)
    database.usage.listen = metrics.connections_in_use.set

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        log = structlog.get_logger("api")
        log.info("started", version=__version__, engine=settings.warehouse_engine, warehouse=settings.warehouse_name, keys=len(keys))
        if settings.has_default_password_in_public:
            log.warning("default_password", advice="others than this machine reach the API: set passwords of your own (.env.example)")
        yield
        await agents.close()
        await database.close()
        log.info("stopped")

    # The routes go in as they are: an included router costs every request a second match in this FastAPI.
    app = Application(
        title="O*NET skill gaps",
        version=__version__,
        description=DESCRIPTION,
        license_info={"name": "MIT", "identifier": "MIT"},
        contact={"name": "the O*NET skill gap authors"},
        servers=[{"url": settings.api_root_path or "/"}],
        openapi_tags=TAGS,
        lifespan=lifespan,
        routes=[route for room in ROOMS for route in room.routes] + page_router.routes,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # it would ask for each request whether it is wanted
    )
    app.state.database = database
    app.state.occupations = OccupationCache(database)
    app.state.keys = keys
    has_cache = settings.api_cache_bytes and not keys
    app.state.response_cache = ResponseCache(metrics, settings.api_cache_bytes) if has_cache else None
    app.openapi = describe(app, keys)  # type: ignore[method-assign]
    app.router.route_class = StrictRoute
    agents = McpEndpoint(app, settings.cors_origins)
    app.router.add_api_route("/mcp", agents.post, methods=["POST"], include_in_schema=False)
    _add_pages(app, metrics, SchemaDocs(settings.docs_directory))
    _add_problems(app)
    if app.state.response_cache is not None:
        app.add_middleware(Finished, cache=app.state.response_cache, database=database)
    app.add_middleware(CompressionMiddleware)
    if settings.cors_origins:
        app.add_middleware(CORSMiddleware, **cors_options(settings.cors_origins))
    app.add_middleware(Edge, metrics=metrics)
    if settings.api_root_path:
        app.add_middleware(RootPathMiddleware, root_path=settings.api_root_path)
    return app


def _add_pages(app: FastAPI, metrics: Metrics, schema_docs: SchemaDocs) -> None:
    @app.get(
        "/metrics",
        operation_id="get_metrics",
        summary="Get the metrics for Prometheus",
        description="Requests by method, route template and status with their times, the response cache, connections, what is "
        "published, and the process's memory and CPU time. docs/monitoring has a dashboard and alerts.",
        response_class=Response,
        responses=may_fail(422)
        | {
            200: {
                "description": "The metrics.",
                "content": {"text/plain": {"schema": {"type": "string"}, "example": "http_request_duration_seconds_count …"}},
            }
        },
        tags=["service"],
    )
    async def figures() -> Response:
        metrics.published.publication = await _find_publication(app.state.database)
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})

    app.router.add_api_route("/docs", docs_page, include_in_schema=False)
    app.router.add_api_route("/docs/{name}", docs_file, include_in_schema=False, route_class_override=APIRoute)

    # Not StrictRoute: dbt's page asks for its files with a parameter against caches.
    for path in ("/schema", "/schema/{path:path}"):
        app.router.add_api_route(path, schema_docs.page, include_in_schema=False, route_class_override=APIRoute)


async def _find_publication(database: Database) -> tuple[str, str, datetime] | None:
    """Release, build and time; none where they cannot be read while a scrape waits."""
    try:
        async with asyncio.timeout(_SCRAPE_SECONDS):
            build_id, release, published_at = published(await database.fetch(queries.PUBLISHED, {}))[0][:3]
    except (NoPublicationError, DatabaseUnavailableError, TimeoutError):
        return None
    return release, build_id, cast(datetime, read_timestamp(published_at))


def _methods(request: Request) -> list[str]:
    """All that an address answers; the framework names those of its first route alone."""
    there = {
        method
        for route in request.app.routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }
    return sorted(there | ({"HEAD"} if "GET" in there else set()))


def _add_problems(app: FastAPI) -> None:
    """Whatever a route raises becomes problem+json."""

    def answer(request: Request, problem: Problem, status: int | None = None) -> Response:
        root_path = request.scope.get("root_path", "")
        return problem_response(problem, request.state.request_id, status, root_path)

    @app.exception_handler(Problem)
    async def _(request: Request, error: Problem) -> Response:
        return answer(request, error)

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, error: RequestValidationError) -> Response:
        return answer(request, problem_of_validation(error))

    @app.exception_handler(NoPublicationError)
    async def _(request: Request, _error: NoPublicationError) -> Response:
        return answer(request, Problem("no-publication", "No O*NET release has been published to this warehouse yet."))

    @app.exception_handler(DatabaseUnavailableError)
    async def _(request: Request, _error: DatabaseUnavailableError) -> Response:
        return answer(request, Problem("database-unavailable", "The warehouse cannot be read at the moment."))

    @app.exception_handler(HTTPException)
    async def _(request: Request, error: HTTPException) -> Response:
        if isinstance(error.__cause__, Problem):  # the framework puts an error of its own around what goes wrong while it reads a body
            return answer(request, error.__cause__)
        headers = dict(error.headers or {})
        if "Allow" in headers:
            headers["Allow"] = ", ".join(_methods(request))
        details = {
            400: "The body cannot be read as JSON in UTF-8.",
            404: "There is nothing at this address.",
            405: f"This address answers {headers.get('Allow', 'other methods')}.",
        }
        problem = Problem(name_for_status(error.status_code), details.get(error.status_code, "The request was refused."), headers=headers)
        return answer(request, problem, error.status_code)


def __getattr__(name: str) -> FastAPI:
    """`app` is made when a server asks for it: importing `create_app` reads no environment and touches no log."""
    if name != "app":
        raise AttributeError(name)
    configure_logs()
    return create_app()

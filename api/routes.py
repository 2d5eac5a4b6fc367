"""The endpoints around the data: what is published, where everything is, health, kinds of problems."""

from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import __version__, models, page, parameters, queries
from api.answers import ATTRIBUTION, JSON, LICENSE, json_answer, json_bytes, negotiate
from api.database import NoPublicationError, read_timestamp
from api.lookups import database as _database
from api.lookups import may_fail as _may_fail
from api.lookups import publication as _publication
from api.lookups import published as _published
from api.lookups import root_path, unloaded_subjects
from api.problems import PROBLEM_TYPES, Problem

router = APIRouter(route_class=parameters.StrictRoute)
page_router = APIRouter(route_class=parameters.CachedRoute)
page_router.add_api_route("/page/{name}", page.file, include_in_schema=False)


@router.get(
    "/publication",
    operation_id="get_publication",
    summary="Get the publication",
    description="The O*NET release, its files' checksums, the build, its time, what was counted and tested, which "
    "subjects the load lacks, and the licence of the data.",
    response_model=models.PublicationAnswer,
    responses=_may_fail(406, 422, 503),
    tags=["service"],
)
async def publication(request: Request) -> Response:
    negotiate(request, JSON)
    [row] = _published(await _database(request).fetch(queries.PUBLICATION, {}))
    body = row._asdict()
    body |= {name: read_timestamp(body[name]) for name in ("loaded_at", "published_at", "supplemented_at")}
    body["release"] = body.pop("onet_release")
    body["file_checksums"] = orjson.loads(body["file_checksums"])
    body["not_loaded"] = unloaded_subjects(body["not_loaded"])
    body["transition_domains"] = (body["transition_domains"] or "").split(", ")
    return json_answer(request, row.build_id, body | {"attribution": ATTRIBUTION, "license": LICENSE})


_LINKS = {
    "skill_gap": "/skill-gap?from=11-1011.00&to=11-3013.00",
    "technology_gap": "/technology-gap?from=11-1011.00&to=11-3013.00",
    "compare": "/compare?from=11-1011.00&to=11-3013.00",
    "occupations": "/occupations?q=manag",
    "occupation": "/occupations/11-3013.00",
    "transitions": "/occupations/11-3013.00/transitions",
    "similarity": "/similarity/11-3013.00",
    "codes": "/codes?system=soc2018&code=11-3013",
    "elements": "/elements?domain=skills",
    "publication": "/publication",
    "docs": "/docs",
    "openapi": "/openapi.json",
    "schema": "/schema/",
    "health": "/health/ready",
    "metrics": "/metrics",
}


# Not strict: the state of the page stands in its query string.
@page_router.get(
    "/",
    operation_id="get_index",
    summary="Get the index",
    description="The endpoints, the publication they answer from, and whose data these are. A browser, which likes HTML better, gets the "
    "page that shows gaps; what stands in its query string is the page's own affair.",
    response_model=models.IndexAnswer,
    responses=page.AS_HTML | _may_fail(406, 422, 503),
    tags=["service"],
)
async def index(request: Request) -> Response:
    if negotiate(request, JSON, page.HTML) == page.HTML:
        return page.file(request, "index.html")
    parameters.read_query(request.scope["query_string"], [])
    try:
        rows = await _database(request).fetch(queries.PUBLISHED, {})
    except NoPublicationError:
        rows = []
    body = {
        "service": "O*NET skill gaps",
        "version": __version__,
        "links": {name: root_path(request) + path for name, path in _LINKS.items()},
        "publication": _publication(rows[0]) if rows else None,
        "attribution": ATTRIBUTION,
        "license": LICENSE,
    }
    return json_answer(request, rows[0].build_id if rows else "none", body)


@router.get(
    "/health/live",
    operation_id="get_liveness",
    summary="Liveness probe",
    description="Asks nothing of the warehouse: for whoever restarts processes.",
    response_model=models.LiveAnswer,
    responses=_may_fail(422),
    tags=["service"],
)
async def live() -> Response:
    return _state({"status": "live"})


@router.get(
    "/health/ready",
    operation_id="get_readiness",
    summary="Readiness probe",
    description="Reads the publication: 503 while nothing is published or the warehouse is away. For whoever routes requests.",
    response_model=models.ReadyAnswer,
    responses=_may_fail(422, 503),
    tags=["service"],
)
async def ready(request: Request) -> Response:
    [row] = _published(await _database(request).fetch(queries.PUBLISHED, {}))
    return _state({"status": "ready", "publication": _publication(row)})


def _state(body: dict[str, Any]) -> Response:
    return Response(json_bytes(body), media_type=JSON, headers={"Cache-Control": "no-store"})


@router.get(
    "/problems/{name}",
    operation_id="get_problem_type",
    summary="Get a problem type",
    description="The explanation behind the `type` of an error.",
    response_model=models.ProblemTypeAnswer,
    responses=_may_fail(404, 422),
    tags=["service"],
)
async def problem_type(request: Request, name: parameters.ProblemName) -> Response:
    kind = PROBLEM_TYPES.get(name)
    if kind is None:
        raise Problem("not-found", f"name: there is no problem type of this name; there are {', '.join(PROBLEM_TYPES)}.")
    type_ = f"{root_path(request)}/problems/{name}"
    body = {"type": type_, "title": kind.title, "status": kind.status, "explanation": kind.explanation}
    return Response(json_bytes(body), media_type=JSON)

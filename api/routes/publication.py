"""`/publication`: what is published."""

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.database import read_timestamp
from api.dependencies import get_database, parse_not_loaded, problem_responses, require_publication
from api.queries.publication import PUBLICATION
from api.responses import ATTRIBUTION, JSON, LICENSE, json_response, negotiate_media_type
from api.schemas.publication import PublicationResponse
from api.strict_route import StrictRoute

router = APIRouter(route_class=StrictRoute)


@router.get(
    "/publication",
    operation_id="get_publication",
    summary="Get the publication",
    description=(
        "The O*NET release, its files' checksums, the build, its time, what was counted and tested,"
        " which subjects the load lacks, and the licence of the data."
    ),
    response_model=PublicationResponse,
    responses=problem_responses(406, 422, 503),
    tags=["service"],
)
async def get_publication(request: Request) -> Response:
    negotiate_media_type(request, JSON)
    [row] = require_publication(await get_database(request).fetch(PUBLICATION, {}))
    body = row._asdict()
    body |= {
        name: read_timestamp(body[name])
        for name in ("loaded_at", "published_at", "supplemented_at")
    }
    body["release"] = body.pop("onet_release")
    body["file_checksums"] = orjson.loads(body["file_checksums"])
    body["not_loaded"] = parse_not_loaded(body["not_loaded"])
    body["transition_domains"] = (body["transition_domains"] or "").split(", ")
    return json_response(
        request, row.build_id, body | {"attribution": ATTRIBUTION, "license": LICENSE}
    )


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

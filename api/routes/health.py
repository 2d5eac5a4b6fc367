"""`/health`: liveness and readiness probes."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.dependencies import build_publication, get_database, problem_responses, require_publication
from api.queries.publication import CURRENT_PUBLICATION
from api.responses import JSON, encode_json
from api.schemas.health import LiveResponse, ReadyResponse
from api.strict_route import StrictRoute

router = APIRouter(route_class=StrictRoute)


@router.get(
    "/health/live",
    operation_id="get_liveness",
    summary="Liveness probe",
    description="Asks nothing of the warehouse: for whoever restarts processes.",
    response_model=LiveResponse,
    responses=problem_responses(422),
    tags=["service"],
)
async def get_liveness() -> Response:
    return _health_response({"status": "live"})


@router.get(
    "/health/ready",
    operation_id="get_readiness",
    summary="Readiness probe",
    description=(
        "Reads the publication: 503 while nothing is published or the warehouse is away. For"
        " whoever routes requests."
    ),
    response_model=ReadyResponse,
    responses=problem_responses(422, 503),
    tags=["service"],
)
async def get_readiness(request: Request) -> Response:
    [row] = require_publication(await get_database(request).fetch(CURRENT_PUBLICATION, {}))
    return _health_response({"status": "ready", "publication": build_publication(row)})


def _health_response(body: dict[str, Any]) -> Response:
    return Response(encode_json(body), media_type=JSON, headers={"Cache-Control": "no-store"})

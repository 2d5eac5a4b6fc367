"""`/elements`: what a domain is made of, with the anchors of its levels in words."""

from itertools import groupby
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import dependencies, parameters
from api.database import Record
from api.queries.elements import ELEMENTS
from api.responses import JSON, json_response, negotiate_media_type
from api.schemas.elements import ElementsResponse
from api.strict_route import StrictRoute

router = APIRouter(route_class=StrictRoute)


@router.get(
    "/elements",
    operation_id="list_elements",
    summary="List the elements of a domain",
    description=(
        "Each element that O*NET rates occupations on, with the anchors of its level scale: "
        "O*NET's own examples of what a level means. For whoever states levels of their own, as "
        "`POST /skill-gap` takes them."
    ),
    response_model=ElementsResponse,
    responses=dependencies.problem_responses(406, 422, 503),
    tags=["occupations"],
)
async def list_elements(request: Request, domain: parameters.DomainName = "skills") -> Response:
    negotiate_media_type(request, JSON)
    rows = dependencies.require_publication(
        await dependencies.get_database(request).fetch(ELEMENTS, {"domain": domain}, is_long=True)
    )
    known = [row for row in rows if row.element_id is not None]
    body = {
        "domain": domain,
        "elements": [
            _build_element(list(each)) for _, each in groupby(known, key=lambda row: row.element_id)
        ],
        "publication": dependencies.build_publication(rows[0]),
    }
    return json_response(request, rows[0].build_id, body)


def _build_element(rows: list[Record]) -> dict[str, Any]:
    return {
        "element_id": rows[0].element_id,
        "element_name": rows[0].element_name,
        "group_name": rows[0].group_name,
        "anchors": [
            {"level": row.anchor_level, "anchor": row.anchor}
            for row in rows
            if row.anchor_level is not None
        ],
    }

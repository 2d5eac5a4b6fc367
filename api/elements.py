"""`/elements`: what a domain is made of, with the anchors of its levels in words."""

from itertools import groupby
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import lookups, models_element, parameters
from api.answers import JSON, json_answer, negotiate
from api.database import Record
from api.element_queries import ELEMENTS

router = APIRouter(route_class=parameters.StrictRoute)


@router.get(
    "/elements",
    operation_id="list_elements",
    summary="List the elements of a domain",
    description="Each element that O*NET rates occupations on, with the anchors of its level scale: "
    "O*NET's own examples of what a level means. For whoever states levels of their own, as "
    "`POST /skill-gap` takes them.",
    response_model=models_element.ElementsAnswer,
    responses=lookups.may_fail(406, 422, 503),
    tags=["occupations"],
)
async def get_elements(request: Request, domain: parameters.DomainName = "skills") -> Response:
    negotiate(request, JSON)
    rows = lookups.published(await lookups.database(request).fetch(ELEMENTS, {"domain": domain}, is_long=True))
    known = [row for row in rows if row.element_id is not None]
    body = {
        "domain": domain,
        "elements": [_element(list(each)) for _, each in groupby(known, key=lambda row: row.element_id)],
        "publication": lookups.publication(rows[0]),
    }
    return json_answer(request, rows[0].build_id, body)


def _element(rows: list[Record]) -> dict[str, Any]:
    return {
        "element_id": rows[0].element_id,
        "element_name": rows[0].element_name,
        "group_name": rows[0].group_name,
        "anchors": [{"level": row.anchor_level, "anchor": row.anchor} for row in rows if row.anchor_level is not None],
    }

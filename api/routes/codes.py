"""`/codes`: what a code of one classification is in the others."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import code_resolver, dependencies, parameters
from api.queries.labor import CODES_OF_OCCUPATION
from api.responses import JSON, json_response, negotiate_media_type
from api.schemas.codes import CodesResponse
from api.strict_route import StrictRoute
from api.validation import build_parameter_problem

router = APIRouter(route_class=StrictRoute)


@router.get(
    "/codes",
    operation_id="get_code",
    summary="Get the occupations of a code of another classification",
    description=(
        "The occupations that belong to a code of SOC 2018, SOC 2010, an older O*NET-SOC, ESCO,"
        " ISCO-08 or CIP 2020; with `system=onet2019`, the codes of an occupation in all of them."
        " Every pair of the official crosswalks is kept. `from` and `to` take such a code too, as"
        " `soc2018:15-1252`."
    ),
    response_model=CodesResponse,
    responses=dependencies.problem_responses(404, 406, 422, 503),
    tags=["occupations"],
)
async def get_code(
    request: Request, system: parameters.CodeSystemName, code: parameters.ForeignCode
) -> Response:
    negotiate_media_type(request, JSON)
    if system == "onet2019":
        return await _list_codes_of_occupation(request, code)
    rows = await code_resolver.fetch_occupations_of_code(request, "code", system, code)
    body = {
        "system": system,
        "code": code,
        "title": rows[0].code_title,
        "occupations": [
            {
                "code": row.occupation_code,
                "title": row.occupation_title,
                "is_partial": row.is_partial,
            }
            for row in rows
            if row.occupation_code is not None
        ],
        "codes": [],
        "attribution": code_resolver.build_attribution(system),
        "publication": dependencies.build_publication(rows[0]),
    }
    return json_response(request, rows[0].build_id, body)


async def _list_codes_of_occupation(request: Request, code: str) -> Response:
    try:
        full = parameters.complete_code(code)
    except ValueError as error:
        raise build_parameter_problem(
            [{"parameter": "code", "detail": f"must be {error}"}]
        ) from None
    rows = dependencies.require_publication(
        await dependencies.get_database(request).fetch(CODES_OF_OCCUPATION, {"code": full})
    )
    if rows[0].title is None:
        raise await dependencies.build_not_found_problem(
            request, "code", full, rows[0].onet_release
        )
    linked = [row for row in rows if row.code_system is not None]
    body = {
        "system": "onet2019",
        "code": full,
        "title": rows[0].title,
        "occupations": [{"code": full, "title": rows[0].title, "is_partial": 0}],
        "codes": [
            {
                "system": row.code_system,
                "code": row.code,
                "title": row.code_title,
                "is_partial": row.is_partial,
            }
            for row in linked
        ],
        "attribution": code_resolver.build_attribution(
            *sorted({row.code_system for row in linked})
        ),
        "publication": dependencies.build_publication(rows[0]),
    }
    return json_response(request, rows[0].build_id, body)

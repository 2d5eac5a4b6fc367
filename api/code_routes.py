"""`/codes`: what a code of one classification is in the others."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import codes, labor_queries, lookups, models_labor, parameters
from api.answers import JSON, json_answer, negotiate

router = APIRouter(route_class=parameters.StrictRoute)


@router.get(
    "/codes",
    operation_id="get_code",
    summary="Get the occupations of a code of another classification",
    description="The occupations that belong to a code of SOC 2018, SOC 2010, an older O*NET-SOC, ESCO, ISCO-08 or CIP 2020; with "
    "`system=onet2019`, the codes of an occupation in all of them. Every pair of the official crosswalks is kept. `from` and `to` take "
    "such a code too, as `soc2018:15-1252`.",
    response_model=models_labor.CodesAnswer,
    responses=lookups.may_fail(404, 406, 422, 503),
    tags=["occupations"],
)
async def get_codes(request: Request, system: parameters.CodeSystemName, code: parameters.ForeignCode) -> Response:
    negotiate(request, JSON)
    if system == "onet2019":
        return await _codes_of_occupation(request, code)
    rows = await codes.rows_of(request, "code", system, code)
    body = {
        "system": system,
        "code": code,
        "title": rows[0].code_title,
        "occupations": [
            {"code": row.occupation_code, "title": row.occupation_title, "is_partial": row.is_partial}
            for row in rows
            if row.occupation_code is not None
        ],
        "codes": [],
        "attribution": codes.attribution(system),
        "publication": lookups.publication(rows[0]),
    }
    return json_answer(request, rows[0].build_id, body)


async def _codes_of_occupation(request: Request, code: str) -> Response:
    try:
        full = parameters.full_code(code)
    except ValueError as error:
        raise parameters.invalid_parameters([{"parameter": "code", "detail": f"must be {error}"}]) from None
    rows = lookups.published(await lookups.database(request).fetch(labor_queries.CODES_OF_OCCUPATION, {"code": full}))
    if rows[0].title is None:
        raise await lookups.not_found(request, "code", full, rows[0].onet_release)
    linked = [row for row in rows if row.code_system is not None]
    body = {
        "system": "onet2019",
        "code": full,
        "title": rows[0].title,
        "occupations": [{"code": full, "title": rows[0].title, "is_partial": 0}],
        "codes": [{"system": row.code_system, "code": row.code, "title": row.code_title, "is_partial": row.is_partial} for row in linked],
        "attribution": codes.attribution(*sorted({row.code_system for row in linked})),
        "publication": lookups.publication(rows[0]),
    }
    return json_answer(request, rows[0].build_id, body)

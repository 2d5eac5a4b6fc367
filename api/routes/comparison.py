"""`/compare`: two occupations, element by element, a gap or not."""

from collections import Counter
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import explanation, parameters
from api.database import Statement
from api.dependencies import get_occupation_cache, problem_responses, require_rated, root_path
from api.queries.comparison import COMPARISON, COMPARISON_COLUMNS
from api.queries.explanation import PUBLISHED_ROWS
from api.responses import CSV, CSV_PAIR_COLUMNS, choose_json_or_csv, csv_response, json_response
from api.schemas.comparison import ComparisonResponse
from api.strict_route import StrictRoute
from api.types import VERDICTS

router = APIRouter(route_class=StrictRoute)

_FLAGS = ("missing", "newly_relevant", "higher", "significant")

_AS_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The pair, the counts, and the elements.",
        "content": {
            CSV: {
                "schema": {"type": "string"},
                "example": "from_occupation_code,from_occupation_title,to_occupation_code,…",
            }
        },
    }
}


@router.get(
    "/compare",
    operation_id="compare_occupations",
    summary="Compare two occupations element by element",
    description=(
        "Every element of a domain that both occupations have a level in, whether it is a gap or"
        " not, with the 95 % margin of the difference and what it says: `clearly_higher`,"
        " `too_close_to_tell`, `higher_without_error` (O*NET publishes no error that would tell) or"
        " `met`. An occupation compared with itself gives its profile. As CSV, each row also names"
        " the pair, the domain and the publication."
    ),
    response_model=ComparisonResponse,
    responses=_AS_CSV | problem_responses(404, 406, 422, 503),
    tags=["gaps"],
)
async def compare_occupations(
    request: Request,
    from_code: parameters.FromCode,
    to_code: parameters.ToCode,
    domain: parameters.DomainName = "skills",
    explain: parameters.Explain = False,
    format: parameters.Format = None,  # the parameter's public name
) -> Response:
    media_type = choose_json_or_csv(request, format)
    explanation.reject_explain_as_csv(explain, media_type)
    params = {"from_code": from_code, "to_code": to_code, "domain": domain}
    statements: list[Statement] = [(COMPARISON, params)]
    if explain:
        statements.append((PUBLISHED_ROWS, params))
    (rows, *behind), build = await get_occupation_cache(request).fetch_pair(statements)
    sides = await require_rated(request, build, from_code, to_code, domain)
    elements = [
        {column: getattr(row, column) for column in COMPARISON_COLUMNS}
        for row in rows
        if row.element_id is not None
    ]
    if media_type == CSV:
        header = (*CSV_PAIR_COLUMNS, "domain", *COMPARISON_COLUMNS, "release", "build_id")
        pair = (from_code, sides["from"]["title"], to_code, sides["to"]["title"], domain)
        lines = ((*pair, *element.values(), build.release, build.build_id) for element in elements)
        return csv_response(
            request, build.build_id, f"compare_{from_code}_{to_code}_{domain}.csv", header, lines
        )
    verdicts = Counter(element["verdict"] for element in elements)
    counts = {flag: sum(element[f"is_{flag}"] or 0 for element in elements) for flag in _FLAGS}
    body = {
        **sides,
        "domain": domain,
        "counts": (
            {"elements": len(elements)}
            | counts
            | {verdict: verdicts[verdict] for verdict in VERDICTS}
        ),
        "pay": build.compute_pay_change(from_code, to_code),
        "elements": elements,
        "publication": build.publication,
    }
    if explain:
        codes = {"from": from_code, "to": to_code}
        explained = explanation.build_explanation(
            "skill_comparison", elements, codes, behind[0], build.release, root_path(request)
        )
        body |= {"elements": explained["gaps"], "explanation": explained["explanation"]}
    return json_response(request, build.build_id, body)

"""`/compare`: two occupations, element by element, a gap or not."""

from collections import Counter
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import models_comparison, parameters
from api.answers import CSV, csv_answer, json_answer, json_or_csv
from api.comparison_queries import COMPARISON_COLUMNS, COUNTS, PAIR_COLUMNS, VERDICTS, comparison
from api.lookups import kept_pay, may_fail, publication, rated_pair

router = APIRouter(route_class=parameters.StrictRoute)

_AS_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The pair, the counts, and the elements.",
        "content": {CSV: {"schema": {"type": "string"}, "example": "from_occupation_code,to_occupation_code,domain,element_id,…"}},
    }
}


@router.get(
    "/compare",
    summary="Two occupations, element by element",
    description="Every element of a domain that both occupations have a level in, whether it is a gap or not, with the 95 % margin of the "
    "difference and what it says: `clearly_higher`, `too_close_to_tell`, `higher_without_error` (O*NET publishes no error that would tell) "
    "or `met`. An occupation compared with itself gives its profile. As CSV, each row also names the pair, the domain and the publication.",
    response_model=models_comparison.ComparisonAnswer,
    responses=_AS_CSV | may_fail(404, 406, 422, 503),
    tags=["gaps"],
)
def compare(
    request: Request,
    from_code: parameters.FromCode,
    to_code: parameters.ToCode,
    domain: parameters.DomainName = "skills",
    format: parameters.Format = None,  # the parameter's public name
) -> Response:
    media_type = json_or_csv(request, format)
    wanted = {"from_code": from_code, "to_code": to_code, "domain": domain}
    [rows], pay = kept_pay(request).fetch_pair([(comparison(domain), wanted)], from_code, to_code)
    pair = rated_pair(request, rows, PAIR_COLUMNS + COUNTS, (from_code, to_code, domain))
    before = len(PAIR_COLUMNS + COUNTS)
    elements = [row[before:] for row in rows if row[before] is not None]
    if media_type == CSV:
        header = ("from_occupation_code", "to_occupation_code", "domain", *COMPARISON_COLUMNS, "release", "build_id")
        lines = ((from_code, to_code, domain, *element, pair["onet_release"], pair["build_id"]) for element in elements)
        return csv_answer(request, pair["build_id"], f"compare_{from_code}_{to_code}_{domain}.csv", header, lines)
    verdicts = Counter(element[COMPARISON_COLUMNS.index("verdict")] for element in elements)
    body = {
        "from": pair["from"],
        "to": pair["to"],
        "domain": domain,
        "counts": {count: pair[count] for count in COUNTS} | {verdict: verdicts[verdict] for verdict in VERDICTS},
        "pay": pay,
        "elements": [dict(zip(COMPARISON_COLUMNS, element, strict=True)) for element in elements],
        "publication": publication(rows[0]),
    }
    return json_answer(request, pair["build_id"], body)

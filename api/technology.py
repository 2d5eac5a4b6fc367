"""`/technology-gap`: technologies that the target's workers use and the source's do not."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import lookups, models_technology, parameters
from api.answers import CSV, csv_answer, json_answer, json_or_csv
from api.occupation_queries import TECHNOLOGY_COLUMNS
from api.problems import Problem
from api.technology_queries import PAIR_COLUMNS, technology_gap

router = APIRouter(route_class=parameters.StrictRoute)

_AS_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The pair, the counts, and the technologies.",
        "content": {CSV: {"schema": {"type": "string"}, "example": "from_occupation_code,to_occupation_code,technology_name,…"}},
    }
}


async def _not_listed(request: Request, parameter: str, code: str, title: str, release: str) -> Problem:
    if problem := await lookups.not_loaded(request, parameter, (code, title), "technologies", release):
        return problem
    detail = f"{parameter}: O*NET {release} lists {code} ({title}), but no technology as used in it."
    near = await lookups.near(request, code, "technologies")
    return Problem("technologies-not-listed", detail, {"parameter": parameter, "value": code, "near": near})


@router.get(
    "/technology-gap",
    operation_id="get_technology_gap",
    summary="Get the technology gap between two occupations",
    description="Compares the sets of technologies that O*NET lists for two occupations, by name. In Demand technologies first (employers' "
    "postings for the target ask for them often), then Hot Technologies (postings ask for them across occupations). `counts` are of the "
    "whole gap, whatever narrows the list. As CSV, each row also names the pair and the publication.",
    response_model=models_technology.TechnologyGapAnswer,
    responses=_AS_CSV | lookups.may_fail(404, 406, 422, 503),
    tags=["gaps"],
)
async def get_technology_gap(
    request: Request,
    from_code: parameters.FromCode,
    to_code: parameters.ToCode,
    hot: parameters.OnlyHot = False,
    in_demand: parameters.OnlyInDemand = False,
    format: parameters.Format = None,  # the parameter's public name
) -> Response:
    media_type = json_or_csv(request, format)
    asked = {"from_code": from_code, "to_code": to_code}
    rows = lookups.published(await lookups.database(request).fetch(technology_gap(hot, in_demand), asked))
    pair = dict(zip(PAIR_COLUMNS, rows[0], strict=False))
    build_id, release = pair["build_id"], pair["onet_release"]
    sides = {"from": from_code, "to": to_code}
    for side, code in sides.items():
        if pair[f"{side}_title"] is None:
            raise await lookups.not_found(request, side, code, release)
    for side, code in sides.items():
        if not pair[f"{side}_technology_count"]:
            raise await _not_listed(request, side, code, pair[f"{side}_title"], release)
    technologies = [row[len(PAIR_COLUMNS) :] for row in rows if row[len(PAIR_COLUMNS)] is not None]
    if media_type == CSV:
        header = ("from_occupation_code", "to_occupation_code", *TECHNOLOGY_COLUMNS, "release", "build_id")
        lines = ((from_code, to_code, *technology, release, build_id) for technology in technologies)
        return csv_answer(request, build_id, f"technology-gap_{from_code}_{to_code}.csv", header, lines)
    body = {
        **{side: {"code": code, "title": pair[f"{side}_title"]} for side, code in sides.items()},
        "counts": {name: pair[name] for name in ("missing", "hot_technology", "in_demand")},
        "technologies": [dict(zip(TECHNOLOGY_COLUMNS, technology, strict=True)) for technology in technologies],
        "publication": lookups.publication(rows[0]),
    }
    return json_answer(request, build_id, body)

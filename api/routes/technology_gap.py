"""`/technology-gap`: technologies that the target's workers use and the source's do not."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import dependencies, parameters
from api.problems import Problem
from api.queries.occupations import TECHNOLOGY_COLUMNS
from api.queries.technology_gap import build_technology_gap_query
from api.responses import CSV, CSV_PAIR_COLUMNS, choose_json_or_csv, csv_response, json_response
from api.schemas.technology_gap import TechnologyGapResponse
from api.strict_route import StrictRoute

router = APIRouter(route_class=StrictRoute)

_AS_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The pair, the counts, and the technologies.",
        "content": {
            CSV: {
                "schema": {"type": "string"},
                "example": "from_occupation_code,from_occupation_title,to_occupation_code,…",
            }
        },
    }
}


async def _build_not_listed_problem(
    request: Request, parameter: str, code: str, title: str, release: str
) -> Problem:
    if problem := await dependencies.find_not_loaded_problem(
        request, parameter, (code, title), "technologies", release
    ):
        return problem
    detail = (
        f"{parameter}: O*NET {release} lists {code} ({title}), but no technology as used in it."
    )
    near = await dependencies.suggest_occupations(request, code, "technologies")
    return Problem(
        "technologies-not-listed", detail, {"parameter": parameter, "value": code, "near": near}
    )


@router.get(
    "/technology-gap",
    operation_id="get_technology_gap",
    summary="Get the technology gap between two occupations",
    description=(
        "Compares the sets of technologies that O*NET lists for two occupations, by name. In Demand"
        " technologies first (employers' postings for the target ask for them often), then Hot"
        " Technologies (postings ask for them across occupations). `counts` are of the whole gap,"
        " whatever narrows the list. As CSV, each row also names the pair and the publication."
    ),
    response_model=TechnologyGapResponse,
    responses=_AS_CSV | dependencies.problem_responses(404, 406, 422, 503),
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
    media_type = choose_json_or_csv(request, format)
    params = {"from_code": from_code, "to_code": to_code}
    rows = dependencies.require_publication(
        await dependencies.get_database(request).fetch(
            build_technology_gap_query(hot, in_demand), params
        )
    )
    pair = rows[0]
    titles = {"from": pair.from_title, "to": pair.to_title}
    counts = {"from": pair.from_technology_count, "to": pair.to_technology_count}
    sides = {"from": from_code, "to": to_code}
    for side, code in sides.items():
        if titles[side] is None:
            raise await dependencies.build_not_found_problem(request, side, code, pair.onet_release)
    for side, code in sides.items():
        if not counts[side]:
            raise await _build_not_listed_problem(
                request, side, code, titles[side], pair.onet_release
            )
    technologies = [
        {column: getattr(row, column) for column in TECHNOLOGY_COLUMNS}
        for row in rows
        if row.technology_name is not None
    ]
    if media_type == CSV:
        header = (*CSV_PAIR_COLUMNS, *TECHNOLOGY_COLUMNS, "release", "build_id")
        named = (from_code, pair.from_title, to_code, pair.to_title)
        lines = (
            (*named, *technology.values(), pair.onet_release, pair.build_id)
            for technology in technologies
        )
        return csv_response(
            request, pair.build_id, f"technology-gap_{from_code}_{to_code}.csv", header, lines
        )
    body = {
        **{side: {"code": code, "title": titles[side]} for side, code in sides.items()},
        "counts": {
            name: getattr(pair, name) for name in ("missing", "hot_technology", "in_demand")
        },
        "technologies": technologies,
        "publication": dependencies.build_publication(pair),
    }
    return json_response(request, pair.build_id, body)

"""`/skill-gap`: what the target occupation needs that the source lacks. No rule about gaps lives
here."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import dependencies, explanation, parameters
from api.database import Record, Row, Statement
from api.gaps import COLUMNS, build_pair_body, narrow_gaps
from api.occupation_cache import Build, strip_build_id
from api.queries.explanation import PUBLISHED_ROWS
from api.queries.skill_gap import SCORED_PAIR, build_skill_gap_query
from api.responses import CSV, CSV_PAIR_COLUMNS, choose_json_or_csv, csv_response, json_response
from api.schemas.skill_gap import SkillGapResponse
from api.strict_route import StrictRoute
from api.types import Domain
from api.validation import build_parameter_problem

router = APIRouter(route_class=StrictRoute)

_AS_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The pair, the counts, and the gaps.",
        "content": {
            CSV: {
                "schema": {"type": "string"},
                "example": "from_occupation_code,from_occupation_title,to_occupation_code,…",
            }
        },
    }
}


def _reject_parameters_without_llm(
    definition: str, min_importance: float | None, significant: bool, explain: bool
) -> None:
    """Each of these would leave the response empty or unproven, and so mislead."""
    unsupported = {
        "definition": (
            "newly_relevant",
            definition == "newly_relevant",
            "a model is not asked for relevance",
        ),
        "min_importance": (
            min_importance,
            min_importance is not None,
            "a model is not asked for importance",
        ),
        "significant": ("true", significant, "a model is not asked for an error"),
        "explain": ("true", explain, "no published row is behind a model's levels"),
    }
    errors = [
        {"parameter": name, "detail": f"{value} does not go with levels=llm: {why}"}
        for name, (value, is_given, why) in unsupported.items()
        if is_given
    ]
    if errors:
        raise build_parameter_problem(errors)


@router.get(
    "/skill-gap",
    operation_id="get_skill_gap",
    summary="Get the skill gap between two occupations",
    description=(
        "Compares the ratings of two occupations element by element. `counts` tells how many"
        " elements each reading of a gap flags, whatever narrows the list; an occupation compared"
        " with itself has none. As CSV, each row also names the pair, the domain and the"
        " publication."
    ),
    response_model=SkillGapResponse,
    responses=_AS_CSV | dependencies.problem_responses(404, 406, 422, 503),
    tags=["gaps"],
)
async def get_skill_gap(
    request: Request,
    from_code: parameters.FromCode,
    to_code: parameters.ToCode,
    domain: parameters.DomainName = "skills",
    definition: parameters.DefinitionName = "missing",
    min_importance: parameters.MinImportance = None,
    significant: parameters.Significant = False,
    explain: parameters.Explain = False,
    levels: parameters.LevelsName = "published",
    format: parameters.Format = None,  # the parameter's public name
) -> Response:
    media_type = choose_json_or_csv(request, format)
    explanation.reject_explain_as_csv(explain, media_type)
    occupations = dependencies.get_occupation_cache(request)
    llm: dict[str, Any] = {}
    published_rows: list[Record] = []
    if levels == "llm":
        _reject_parameters_without_llm(definition, min_importance, significant, explain)
        rows, scored, build = await _fetch_scored(request, from_code, to_code, domain)
        sides = await dependencies.require_listed(request, build, from_code, to_code)
        llm = await _require_scored(request, build, sides, scored, domain)
        is_supplemented = {"from": 0, "to": 0}
    else:
        if explain:
            rows, published_rows, build = await _fetch_explained(
                request, from_code, to_code, domain
            )
        else:
            rows, build = await occupations.fetch_skill_gap(from_code, to_code, domain)
        sides = await dependencies.require_rated(request, build, from_code, to_code, domain)
        is_supplemented = {
            side: build.occupations[code].is_supplemented[domain]
            for side, code in (("from", from_code), ("to", to_code))
        }
    gaps = narrow_gaps(rows, definition, min_importance, significant)
    if media_type == CSV:
        extra_columns = {"levels": levels, "model": llm["model"]} if llm else {}
        header = (*CSV_PAIR_COLUMNS, "domain", *COLUMNS, "release", "build_id", *extra_columns)
        pair = (from_code, sides["from"]["title"], to_code, sides["to"]["title"], domain)
        lines = (
            (*pair, *gap, build.release, build.build_id, *extra_columns.values()) for gap in gaps
        )
        kind = f"{definition}_{levels}" if llm else definition
        filename = f"skill-gap_{from_code}_{to_code}_{domain}_{kind}.csv"
        return csv_response(request, build.build_id, filename, header, lines)
    chosen = {"domain": domain, "definition": definition, "levels": levels}
    body = build_pair_body(build, sides, chosen, is_supplemented, rows, gaps)
    if explain:
        codes = {"from": from_code, "to": to_code}
        body |= explanation.build_explanation(
            "skill_gap",
            body["gaps"],
            codes,
            published_rows,
            build.release,
            dependencies.root_path(request),
        )
    if llm:
        body["llm"] = llm
    return json_response(request, build.build_id, body)


async def _fetch_explained(
    request: Request, from_code: str, to_code: str, domain: Domain
) -> tuple[list[Row], list[Record], Build]:
    """The rows of the gap, the published rows behind them, and the build of both."""
    params = {"from_code": from_code, "to_code": to_code, "domain": domain}
    statements = [(build_skill_gap_query("published"), params), (PUBLISHED_ROWS, params)]
    (rows, published_rows), build = await dependencies.get_occupation_cache(request).fetch_pair(
        statements
    )
    return strip_build_id(rows), published_rows, build


async def _fetch_scored(
    request: Request, from_code: str, to_code: str, domain: Domain
) -> tuple[list[Row], dict[str, Record], Build]:
    """The rows of the gap by a model's levels, what it scored by code, and the build of both."""
    params = {"from_code": from_code, "to_code": to_code, "domain": domain}
    statements: list[Statement] = [
        (build_skill_gap_query("llm"), params),
        (SCORED_PAIR, params),
    ]
    (rows, scored), build = await dependencies.get_occupation_cache(request).fetch_pair(statements)
    return strip_build_id(rows), {row.occupation_code: row for row in scored}, build


async def _require_scored(
    request: Request,
    build: Build,
    sides: dict[str, Any],
    scored: dict[str, Record],
    domain: Domain,
) -> dict[str, Any]:
    """The member `llm`. Raises where a side has no level by a model."""
    counts = {}
    for side, occupation in sides.items():
        code, title = occupation.values()
        counts[side] = scored[code].element_count if code in scored else 0
        if not counts[side]:
            raise await dependencies.build_not_scored_problem(
                request, side, (code, title), domain, build.release
            )
    scores = scored[sides["from"]["code"]]
    return {
        "model": scores.model,
        "prompt_version": scores.prompt_version,
        "from_element_count": counts["from"],
        "to_element_count": counts["to"],
    }

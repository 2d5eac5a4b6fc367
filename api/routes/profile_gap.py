"""`POST /skill-gap`: a person in the place of the source occupation, by the same rules. Nothing of
the profile is stored."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import dependencies, explanation, parameters
from api.queries.explanation import PUBLISHED_ROWS
from api.queries.profile_gap import RATED_ELEMENTS, build_profile_gap_query, format_profile
from api.queries.skill_gap import GAP_COLUMNS
from api.responses import (
    CSV,
    CSV_PAIR_COLUMNS,
    CSV_TYPE,
    JSON,
    POST_HEADERS,
    choose_json_or_csv,
    encode_csv,
    encode_json,
)
from api.schemas.profile_gap import Profile, ProfileGapResponse
from api.strict_route import StrictRoute
from api.validation import build_parameter_problem

router = APIRouter(route_class=StrictRoute)

_AS_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The target, the counts, and the gaps.",
        "content": {
            CSV: {
                "schema": {"type": "string"},
                "example": "to_occupation_code,to_occupation_title,domain,element_id,…",
            }
        },
    }
}


@router.post(
    "/skill-gap",
    operation_id="get_profile_skill_gap",
    summary="Get the skill gap between a person and an occupation",
    description=(
        "Like the GET, with a person's levels in the place of the source occupation, by the same"
        " rules. A stated level is taken as it is: `is_significant` speaks of the uncertainty of"
        " the target's ratings alone. Relevance is a mark on occupations, so nothing is newly"
        " relevant. Elements that the profile does not state are unknown and give no gap. The"
        " profile is stored nowhere."
    ),
    response_model=ProfileGapResponse,
    responses=_AS_CSV | dependencies.problem_responses(400, 404, 406, 413, 422, 503),
    tags=["gaps"],
)
async def get_profile_skill_gap(
    request: Request,
    profile: Profile,
    to_code: parameters.ToCode,
    domain: parameters.DomainName = "skills",
    definition: parameters.DefinitionName = "missing",
    min_importance: parameters.MinImportance = None,
    significant: parameters.Significant = False,
    explain: parameters.Explain = False,
    format: parameters.Format = None,  # the parameter's public name
) -> Response:
    media_type = choose_json_or_csv(request, format)
    explanation.reject_explain_as_csv(explain, media_type)
    size = len(profile.profile)
    params: dict[str, object] = {
        "profile": format_profile(profile.profile),
        "to_code": to_code,
        "domain": domain,
    }
    if min_importance is not None:
        params["min_importance"] = min_importance
    statements: list[tuple[str, dict[str, object]]] = [
        (
            build_profile_gap_query(domain, definition, min_importance is not None, significant),
            params,
        )
    ]
    if explain:
        statements.append(
            (PUBLISHED_ROWS, {"from_code": to_code, "to_code": to_code, "domain": domain})
        )
    rows, *published_rows = await dependencies.get_database(request).fetch_together(
        statements, is_long=True
    )
    target = dependencies.require_publication(rows)[0]
    release = target.onet_release
    if target.title is None:
        raise await dependencies.build_not_found_problem(request, "to", to_code, release)
    if not target.is_rated:
        raise await dependencies.build_not_rated_problem(
            request, "to", (to_code, target.title), domain, release
        )
    if target.known_elements < size:
        rated = {
            row.element_id
            for row in await dependencies.get_database(request).fetch(
                RATED_ELEMENTS, {"to_code": to_code}
            )
        }
        names = sorted(profile.profile.keys() - rated)
        raise build_parameter_problem(
            [
                {
                    "parameter": f"profile.{name}",
                    "detail": f"is no element that O*NET {release} rates {to_code} on",
                }
                for name in names
            ]
        )
    columns = GAP_COLUMNS
    gaps = [
        {column: getattr(row, column) for column in columns}
        for row in rows
        if row.element_id is not None
    ]
    if media_type == CSV:
        header = (*CSV_PAIR_COLUMNS[2:], "domain", *columns, "release", "build_id")
        to = (to_code, target.title, domain)
        lines = ((*to, *gap.values(), release, target.build_id) for gap in gaps)
        attachment = {
            "Content-Disposition": (
                f'attachment; filename="skill-gap_profile_{to_code}_{domain}_{definition}.csv"'
            )
        }
        return Response(
            encode_csv(header, lines), headers=POST_HEADERS | attachment, media_type=CSV_TYPE
        )
    body: dict[str, Any] = {
        "to": {"code": to_code, "title": target.title},
        "domain": domain,
        "definition": definition,
        "profile": {
            "stated": size,
            "compared": target.compared_elements,
            "unstated": target.elements - target.compared_elements,
        },
        "counts": {
            name: getattr(target, name)
            for name in ("missing", "newly_relevant", "higher", "significant")
        },
        "gaps": gaps,
        "publication": dependencies.build_publication(target),
    }
    if explain:
        body |= explanation.build_explanation(
            "profile_gap",
            body["gaps"],
            {"to": to_code},
            published_rows[0],
            release,
            dependencies.root_path(request),
        )
    return Response(encode_json(body), headers=POST_HEADERS, media_type=JSON)

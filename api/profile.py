"""`POST /skill-gap`: a person in the place of the source occupation, by the same rules. Nothing of the profile is stored."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import explanation, lookups, models_profile, parameters
from api.answers import CSV, CSV_PAIR_COLUMNS, CSV_TYPE, JSON, POSTED_HEADERS, csv_bytes, json_bytes, json_or_csv
from api.profile_queries import RATED_ELEMENTS, profile_gap, profile_text
from api.queries import GAP_COLUMNS, WORD_COLUMNS

router = APIRouter(route_class=parameters.StrictRoute)

_AS_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The target, the counts, and the gaps.",
        "content": {CSV: {"schema": {"type": "string"}, "example": "to_occupation_code,to_occupation_title,domain,element_id,…"}},
    }
}


@router.post(
    "/skill-gap",
    operation_id="get_profile_skill_gap",
    summary="Get the skill gap between a person and an occupation",
    description="Like the GET, with a person's levels in the place of the source occupation, by the same rules. A stated level is taken as "
    "it is: `is_significant` speaks of the uncertainty of the target's ratings alone. Relevance is a mark on occupations, so nothing is "
    "newly relevant. Elements that the profile does not state are unknown and give no gap. The profile is stored nowhere.",
    response_model=models_profile.ProfileGapAnswer,
    responses=_AS_CSV | lookups.may_fail(400, 404, 406, 413, 422, 503),
    tags=["gaps"],
)
async def post_skill_gap(
    request: Request,
    profile: models_profile.Profile,
    to_code: parameters.ToCode,
    domain: parameters.DomainName = "skills",
    definition: parameters.DefinitionName = "missing",
    min_importance: parameters.MinImportance = None,
    significant: parameters.Significant = False,
    explain: parameters.Explain = False,
    format: parameters.Format = None,  # the parameter's public name
) -> Response:
    media_type = json_or_csv(request, format)
    explanation.refuse_as_csv(explain, media_type)
    size = len(profile.profile)
    wanted: dict[str, object] = {"profile": profile_text(profile.profile), "to_code": to_code, "domain": domain}
    if min_importance is not None:
        wanted["min_importance"] = min_importance
    asked: list[tuple[str, dict[str, object]]] = [(profile_gap(domain, definition, min_importance is not None, significant), wanted)]
    if explain:
        asked.append((explanation.PUBLISHED_ROWS, {"from_code": to_code, "to_code": to_code, "domain": domain}))
    rows, *behind = await lookups.database(request).fetch_together(asked, is_long=True)
    target = lookups.published(rows)[0]
    release = target.onet_release
    if target.title is None:
        raise await lookups.not_found(request, "to", to_code, release)
    if not target.is_rated:
        raise await lookups.not_rated(request, "to", (to_code, target.title), domain, release)
    if target.known_elements < size:
        rated = {row.element_id for row in await lookups.database(request).fetch(RATED_ELEMENTS, {"to_code": to_code})}
        names = sorted(profile.profile.keys() - rated)
        raise parameters.invalid_parameters(
            [{"parameter": f"profile.{name}", "detail": f"is no element that O*NET {release} rates {to_code} on"} for name in names]
        )
    columns = GAP_COLUMNS + WORD_COLUMNS
    gaps = [{column: getattr(row, column) for column in columns} for row in rows if row.element_id is not None]
    if media_type == CSV:
        header = (*CSV_PAIR_COLUMNS[2:], "domain", *columns, "release", "build_id")
        to = (to_code, target.title, domain)
        lines = ((*to, *gap.values(), release, target.build_id) for gap in gaps)
        attached = {"Content-Disposition": f'attachment; filename="skill-gap_profile_{to_code}_{domain}_{definition}.csv"'}
        return Response(csv_bytes(header, lines), headers=POSTED_HEADERS | attached, media_type=CSV_TYPE)
    body: dict[str, Any] = {
        "to": {"code": to_code, "title": target.title},
        "domain": domain,
        "definition": definition,
        "profile": {
            "stated": size,
            "compared": target.compared_elements,
            "unstated": target.elements - target.compared_elements,
        },
        "counts": {name: getattr(target, name) for name in ("missing", "newly_relevant", "higher", "significant")},
        "gaps": gaps,
        "publication": lookups.publication(target),
    }
    if explain:
        body |= explanation.members("profile_gap", body["gaps"], {"to": to_code}, behind[0], release, lookups.root_path(request))
    return Response(json_bytes(body), headers=POSTED_HEADERS, media_type=JSON)

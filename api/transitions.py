"""`/occupations/{code}/transitions`: the nearest occupations to move to, each with its why."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import lookups, models_transition, parameters
from api.answers import JSON, json_answer, negotiate
from api.labor_queries import labor_vintages
from api.transition_queries import SOURCE_COLUMNS, TRANSITION_COLUMNS, transitions

router = APIRouter(route_class=parameters.StrictRoute)


@router.get(
    "/occupations/{code}/transitions",
    summary="Which way to go from an occupation",
    description="The most similar occupations, chosen from all that O*NET rates completely in skills and knowledge. Similar is where the "
    "same is important (correlation of importance). What the move asks for stands beside it: the shortfall in levels, the share of needs "
    "already met, the gaps that the ratings can show, technologies, and the step in job zones. Ranked by shortfall alone, everybody would "
    "be sent to the occupations that ask least. The rows behind a move's figures: `/skill-gap` with `explain=true`, and `/technology-gap`.",
    response_model=models_transition.TransitionsAnswer,
    responses=lookups.may_fail(404, 406, 422, 503),
    tags=["occupations"],
)
async def get_transitions(
    request: Request,
    code: parameters.PathCode,
    limit: parameters.TransitionLimit = 10,
    max_job_zone_step: parameters.MaxJobZoneStep = None,
    min_pay_change: parameters.MinPayChange = None,
) -> Response:
    negotiate(request, JSON)
    wanted: dict[str, object] = {"code": code, "limit": limit}
    if max_job_zone_step is not None:
        wanted["max_job_zone_step"] = max_job_zone_step
    if min_pay_change is not None:
        wanted["min_pay_change"] = min_pay_change
    statement = transitions(max_job_zone_step is not None, min_pay_change is not None)
    rows = lookups.published(await lookups.database(request).fetch(statement, wanted))
    source = dict(zip(SOURCE_COLUMNS, rows[0], strict=False))
    if source["title"] is None:
        raise await lookups.not_found(request, "code", code, source["onet_release"])
    if not source["is_rated_skills"]:
        raise await lookups.not_rated(request, "code", (code, source["title"]), "skills", source["onet_release"])
    body = {
        "from": {"code": code, "title": source["title"], "job_zone": source["job_zone"]},
        "limit": limit,
        "max_job_zone_step": max_job_zone_step,
        "min_pay_change": min_pay_change,
        "labor": labor_vintages(source["wage_vintage_name"], source["outlook_vintage_name"]),
        "domains": (source["transition_domains"] or "").split(", "),
        "transitions": [_transition(row[len(SOURCE_COLUMNS) :]) for row in rows if row[len(SOURCE_COLUMNS)] is not None],
        "publication": lookups.publication(rows[0]),
    }
    return json_answer(request, source["build_id"], body)


def _transition(row: tuple[object, ...]) -> dict[str, object]:
    figures = dict(zip(TRANSITION_COLUMNS, row, strict=True))
    to = {
        name: figures.pop(f"to_{column}")
        for name, column in (("code", "occupation_code"), ("title", "occupation_title"), ("job_zone", "job_zone"))
    }
    return {"to": to, **figures}

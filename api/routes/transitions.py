"""Which way to go: the occupations to move to from an occupation, or for a person, each with its
why."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import dependencies, parameters
from api.database import Record
from api.labor import build_labor_vintages
from api.problems import Problem
from api.queries.profile_gap import format_profile
from api.queries.transitions import (
    COMPARED_ELEMENTS,
    PROFILE_COLUMNS,
    TRANSITION_COLUMNS,
    build_profile_transitions_query,
    build_transitions_query,
)
from api.responses import JSON, POST_HEADERS, encode_json, json_response, negotiate_media_type
from api.schemas.profile_gap import Profile
from api.schemas.transitions import ProfileTransitionsResponse, TransitionsResponse
from api.strict_route import StrictRoute
from api.types import Order
from api.validation import build_parameter_problem

router = APIRouter(route_class=StrictRoute)

MIN_ELEMENTS = 10
"""Of a profile: a correlation over fewer says nothing."""


@router.get(
    "/occupations/{code}/transitions",
    operation_id="list_career_transitions",
    summary="List career transitions",
    description=(
        "The most similar occupations, chosen from all that O*NET rates completely in skills and"
        " knowledge. Similar is where the same is important (correlation of importance). What the"
        " move asks for stands beside it: the shortfall in levels, the share of needs already met,"
        " the gaps that the ratings can show, technologies, and the step in job zones. With"
        " `order=likely`, those that people really go to come first: similarity, words of titles"
        " and tasks, Related Occupations and the number of jobs, weighted as real job changes say."
        " Each response has both figures and the parts. Ranked by shortfall alone, everybody would"
        " be sent to the occupations that ask least. The rows behind a move's figures: `/skill-gap`"
        " with `explain=true`, and `/technology-gap`."
    ),
    response_model=TransitionsResponse,
    responses=dependencies.problem_responses(404, 406, 422, 503),
    tags=["occupations"],
)
async def list_career_transitions(
    request: Request,
    code: parameters.PathCode,
    order: parameters.OrderName = "similarity",
    limit: parameters.TransitionLimit = 10,
    max_job_zone_step: parameters.MaxJobZoneStep = None,
    min_pay_change: parameters.MinPayChange = None,
) -> Response:
    negotiate_media_type(request, JSON)
    params: dict[str, object] = {"code": code, "limit": limit}
    if max_job_zone_step is not None:
        params["max_job_zone_step"] = max_job_zone_step
    if min_pay_change is not None:
        params["min_pay_change"] = min_pay_change
    statement = build_transitions_query(
        order, max_job_zone_step is not None, min_pay_change is not None
    )
    rows = dependencies.require_publication(
        await dependencies.get_database(request).fetch(statement, params)
    )
    source = rows[0]
    if source.title is None:
        raise await dependencies.build_not_found_problem(request, "code", code, source.onet_release)
    if not source.is_rated_skills:
        raise await dependencies.build_not_rated_problem(
            request, "code", (code, source.title), "skills", source.onet_release
        )
    _reject_likely_without_projections(order, source.outlook_vintage_name)
    body = {
        "from": {"code": code, "title": source.title, "job_zone": source.job_zone},
        "order": order,
        "limit": limit,
        "max_job_zone_step": max_job_zone_step,
        "min_pay_change": min_pay_change,
        "labor": build_labor_vintages(source.wage_vintage_name, source.outlook_vintage_name),
        "domains": (source.transition_domains or "").split(", "),
        "transitions": [
            _nest_target(row, TRANSITION_COLUMNS)
            for row in rows
            if row.to_occupation_code is not None
        ],
        "publication": dependencies.build_publication(source),
    }
    return json_response(request, source.build_id, body)


@router.post(
    "/transitions",
    operation_id="list_profile_career_transitions",
    summary="List career transitions for a person",
    description=(
        "Like the GET for an occupation, with a person's levels in the place of the source. Similar"
        " is where the stated levels go up and down as the occupation's do (their correlation)."
        " Shortfall and needs are over the stated elements, by the same rules. With `order=likely`"
        " the number of jobs counts as well; a person has neither titles nor Related Occupations."
        " Ten levels of skills or knowledge are the least. The profile is stored nowhere."
    ),
    response_model=ProfileTransitionsResponse,
    responses=dependencies.problem_responses(400, 404, 406, 413, 422, 503),
    tags=["gaps"],
)
async def list_profile_career_transitions(
    request: Request,
    profile: Profile,
    order: parameters.OrderName = "similarity",
    limit: parameters.TransitionLimit = 10,
) -> Response:
    negotiate_media_type(request, JSON)
    stated = profile.profile
    if len(stated) < MIN_ELEMENTS or len(set(stated.values())) == 1:
        detail = (
            f"needs levels of at least {MIN_ELEMENTS} elements of skills or knowledge, not all of"
            " them the same"
        )
        raise build_parameter_problem([{"parameter": "profile", "detail": detail}])
    params: dict[str, object] = {
        "profile": format_profile(stated),
        "elements": len(stated),
        "limit": limit,
    }
    statements: list[tuple[str, dict[str, object]]] = [
        (build_profile_transitions_query(order), params),
        (COMPARED_ELEMENTS, {}),
    ]
    rows, elements = await dependencies.get_database(request).fetch_together(
        statements, is_long=True
    )
    source = dependencies.require_publication(rows)[0]
    if unknown := sorted(stated.keys() - {row.element_id for row in elements}):
        raise build_parameter_problem(
            [
                {
                    "parameter": f"profile.{name}",
                    "detail": "is no element of skills or knowledge that occupations are rated on",
                }
                for name in unknown
            ]
        )
    _reject_likely_without_projections(order, source.outlook_vintage_name)
    body = {
        "profile": {"stated": len(stated)},
        "order": order,
        "limit": limit,
        "domains": (source.transition_domains or "").split(", "),
        "transitions": [
            _nest_target(row, PROFILE_COLUMNS) for row in rows if row.to_occupation_code is not None
        ],
        "publication": dependencies.build_publication(source),
    }
    return Response(encode_json(body), headers=POST_HEADERS, media_type=JSON)


def _reject_likely_without_projections(order: Order, outlook_vintage_name: object) -> None:
    if order == "likely" and outlook_vintage_name is None:
        detail = (
            "order: `likely` needs BLS's employment projections, and none are landed here. Whoever"
            " runs this service lands them (`python -m loader labor`, then a build);"
            " `order=similarity` needs none."
        )
        raise Problem(
            "not-loaded", detail, {"parameter": "order", "value": order, "subject": "labor"}
        )


def _nest_target(row: Record, columns: tuple[str, ...]) -> dict[str, Any]:
    to = {
        "code": row.to_occupation_code,
        "title": row.to_occupation_title,
        "job_zone": row.to_job_zone,
    }
    return {"to": to, **{column: getattr(row, column) for column in columns}}

"""`/problems`: what a problem type means."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import parameters
from api.dependencies import problem_responses, root_path
from api.problems import PROBLEM_TYPES, Problem
from api.responses import JSON, encode_json
from api.schemas.problems import ProblemTypeResponse
from api.strict_route import StrictRoute

router = APIRouter(route_class=StrictRoute)


@router.get(
    "/problems/{name}",
    operation_id="get_problem_type",
    summary="Get a problem type",
    description="The explanation behind the `type` of an error.",
    response_model=ProblemTypeResponse,
    responses=problem_responses(404, 422),
    tags=["service"],
)
async def get_problem_type(request: Request, name: parameters.ProblemName) -> Response:
    kind = PROBLEM_TYPES.get(name)
    if kind is None:
        raise Problem(
            "not-found",
            f"name: there is no problem type of this name; there are {', '.join(PROBLEM_TYPES)}.",
        )
    type_ = f"{root_path(request)}/problems/{name}"
    body = {
        "type": type_,
        "title": kind.title,
        "status": kind.status,
        "explanation": kind.explanation,
    }
    return Response(encode_json(body), media_type=JSON)

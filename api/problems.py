"""Errors as problem details (RFC 9457): the closed list of problem types, and the one way to answer
with one."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.responses import Response

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True)
class ProblemType:
    """One kind of error: its status, its short title, and what it means and what to do about it."""

    status: int
    title: str
    explanation: str


PROBLEM_TYPES = {
    "bad-request": ProblemType(
        400, "Bad request", "The request could not be understood. Check its form and send it again."
    ),
    "invalid-parameter": ProblemType(
        422,
        "Invalid parameter",
        "A parameter is missing, malformed, repeated or unknown. `errors` names each one and says"
        " what is accepted; /docs lists the parameters of every endpoint.",
    ),
    "key-required": ProblemType(
        401,
        "Key required",
        "This service answers those who send one of its keys, as `Authorization: Bearer KEY` or"
        " `X-API-Key: KEY`. A key in the address is not taken. Whoever runs the service gives keys"
        " (API_KEYS).",
    ),
    "origin-not-allowed": ProblemType(
        403,
        "Origin not allowed",
        "A page of another site asked in a browser. Agents that are no pages send no Origin; pages"
        " of this machine may ask, and those of API_CORS_ORIGINS.",
    ),
    "not-found": ProblemType(
        404, "Not found", "There is nothing at this address. / and /docs list the endpoints."
    ),
    "method-not-allowed": ProblemType(
        405,
        "Method not allowed",
        "This address does not know the method; the Allow header lists those it does.",
    ),
    "not-acceptable": ProblemType(
        406,
        "Not acceptable",
        "The Accept header leaves no media type that this endpoint can write; `available` lists"
        " those it can.",
    ),
    "content-too-large": ProblemType(
        413,
        "Content too large",
        "The body is longer than this address takes; `detail` says how long it may be. Send less at"
        " a time.",
    ),
    "occupation-not-found": ProblemType(
        404,
        "Occupation not found",
        "The published O*NET release lists no occupation of this code or title. `near` has"
        " occupations of the same group, or with a title like it; /occupations?q= searches by"
        " title.",
    ),
    "occupation-not-rated": ProblemType(
        404,
        "Occupation not rated",
        "O*NET lists the occupation, but publishes no ratings for it in this domain (most `All"
        " Other` and military occupations, and occupations not surveyed yet). `near` has its"
        " closest relatives that are rated in the domain. Whoever runs this service can ask O*NET"
        " Web Services, which may have ratings that the release lacks: `python -m loader supplement"
        " --occupation CODE`, then a build. The service itself never calls out.",
    ),
    "not-loaded": ProblemType(
        404,
        "Not loaded here",
        "The release was loaded into this service without the files on this subject, so nothing of"
        " it can be answered; O*NET may publish it. `not_loaded` of /publication lists all such"
        " subjects. Whoever runs this service can load a release that has the files: `python -m"
        " loader check SOURCE` says what one lacks.",
    ),
    "occupation-not-scored": ProblemType(
        404,
        "Occupation not scored",
        "`levels=llm` compares levels by a language model, and none has been asked about this"
        " occupation in this domain. Whoever runs this service can: `python -m loader score"
        " --occupation CODE`, then a build. The service itself never calls out.",
    ),
    "occupation-ambiguous": ProblemType(
        422,
        "Occupation ambiguous",
        "Several occupations go by this title, or belong to this code. `candidates` lists them; ask"
        " again with the code of the one that is meant.",
    ),
    "code-not-found": ProblemType(
        404,
        "Code not found",
        "No landed crosswalk has this code in this classification, or no occupation of the"
        " published release belongs to it. Codes are texts: `0110.10` and `0110.1` are two. Whoever"
        " runs the service lands crosswalks: `python -m loader labor`, then a build.",
    ),
    "technologies-not-listed": ProblemType(
        404,
        "Technologies not listed",
        "O*NET lists the occupation, but no technology as used in it, so that what it lacks is"
        " unknown. `near` has relatives that have some.",
    ),
    "docs-not-made": ProblemType(
        404,
        "Schema documentation not made",
        "The dbt docs have not been generated for this service yet. `make docs` makes them; no"
        " restart is needed.",
    ),
    "no-publication": ProblemType(
        503,
        "Nothing published yet",
        "The warehouse holds no publication yet. `make build` lands, builds, tests and publishes an"
        " O*NET release.",
    ),
    "database-unavailable": ProblemType(
        503,
        "Warehouse unavailable",
        "The warehouse cannot be read at the moment. The service's log says why; try again"
        " shortly.",
    ),
    "internal-error": ProblemType(
        500,
        "Internal error",
        "The service failed in a way it did not foresee. Its log has the details under the request"
        " id of the response.",
    ),
}

RETRY_AFTER_SECONDS = {"no-publication": 30, "database-unavailable": 5}


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818  # named after the response it becomes
    """Raise to answer with a problem: a name of PROBLEM_TYPES, what is wrong this time, and members
    of its own."""

    name: str
    detail: str
    members: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def problem_members(
    problem: Problem, status: int | None = None, root_path: str = ""
) -> dict[str, Any]:
    """The problem as a JSON object, without the request's id. `root_path`: API_ROOT_PATH."""
    kind = PROBLEM_TYPES[problem.name]
    return {
        "type": f"{root_path}/problems/{problem.name}",
        "title": kind.title,
        "status": status or kind.status,
        "detail": problem.detail,
        **problem.members,
    }


def problem_body(
    problem: Problem, request_id: str, status: int | None = None, root_path: str = ""
) -> bytes:
    """The problem as JSON."""
    return orjson.dumps(problem_members(problem, status, root_path) | {"request_id": request_id})


def problem_response(
    problem: Problem, request_id: str, status: int | None = None, root_path: str = ""
) -> Response:
    """The response of a problem. `status` replaces the type's own where HTTP itself chose one."""
    chosen = status or PROBLEM_TYPES[problem.name].status
    headers = {"Cache-Control": "no-store", **problem.headers}
    if problem.name in RETRY_AFTER_SECONDS:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS[problem.name])
    body = problem_body(problem, request_id, chosen, root_path)
    return Response(body, status_code=chosen, headers=headers, media_type=PROBLEM_JSON)


def get_problem_name(status: int) -> str:
    """The problem type of an error that the framework raised by status alone."""
    return {
        404: "not-found",
        405: "method-not-allowed",
        406: "not-acceptable",
        413: "content-too-large",
    }.get(status, "bad-request" if status < 500 else "internal-error")

"""What routes need: the database, the occupation cache, the publication, and problems for what is
not there."""

from typing import Any, cast

import orjson
from starlette.requests import Request

from api.database import Database, NoPublicationError, Record, read_timestamp
from api.occupation_cache import Build, OccupationCache
from api.problems import PROBLEM_JSON, Problem
from api.queries.occupations import OCCUPATIONS_BY_GROUP_CODE
from api.queries.publication import NOT_LOADED
from api.queries.suggestions import (
    build_related_query,
    build_same_group_query,
    build_similar_titles_query,
)
from api.types import DOMAINS, Domain, Subject

_DESCRIPTIONS = {
    400: "The body cannot be read as JSON in UTF-8, or has a member twice.",
    404: (
        "What was asked for is not there; where an occupation is not listed or not rated, `near`"
        " has others."
    ),
    406: "The Accept header leaves nothing that this address can write.",
    413: "The body is longer than this address takes.",
    422: "A parameter is missing, malformed, repeated, unknown or ambiguous.",
    503: "Nothing is published yet, or the warehouse is away; Retry-After says when to ask again.",
}


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documentation of an endpoint's errors."""
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/ProblemResponse"}}}
    return {
        status: {"description": _DESCRIPTIONS[status], "content": content} for status in statuses
    }


def get_database(request: Request) -> Database:
    return cast(Database, request.app.state.database)


def root_path(request: Request) -> str:
    """What every address begins with that is told to the client: API_ROOT_PATH."""
    return str(request.scope.get("root_path", ""))


def get_occupation_cache(request: Request) -> OccupationCache:
    return cast(OccupationCache, request.app.state.occupations)


def build_publication(row: Record) -> dict[str, Any]:
    """The member `publication` of a response. Nearly every statement has these three columns."""
    return {
        "release": row.onet_release,
        "build_id": row.build_id,
        "published_at": read_timestamp(row.published_at),
    }


def require_publication(rows: list[Record]) -> list[Record]:
    """Every statement starts from the publication: no row means that there is none."""
    if not rows:
        raise NoPublicationError
    return rows


async def suggest_occupations(
    request: Request, code: str, subject: Subject | None = None
) -> list[dict[str, str]]:
    """Code and title of occupations of the same group, closest first."""
    patterns = {
        "detailed": f"{code[:7]}%",
        "broad": f"{code[:6]}%",
        "minor": f"{code[:4]}%",
        "major": f"{code[:3]}%",
    }
    rows = await get_database(request).fetch(
        build_same_group_query(subject), {"code": code, **patterns}
    )
    if not rows and subject:
        rows = await get_database(request).fetch(build_related_query(subject), {"code": code})
        rows = rows or await get_database(request).fetch(
            build_similar_titles_query(subject), {"code": code}, is_long=True
        )
    return [{"code": row.code, "title": row.title} for row in rows]


async def build_not_found_problem(
    request: Request, parameter: str, code: str, release: str
) -> Problem:
    """A 404 problem; a 422 one with the candidates where the code is that of a group, or of an
    older classification."""
    params = {"prefix": code, "short": code.removesuffix(".00"), "full": code}
    if code.endswith("0.00"):
        params["prefix"] = code[:7].rstrip("0")
    rows = await get_database(request).fetch(OCCUPATIONS_BY_GROUP_CODE, params)
    if rows:
        kind = rows[0].kind
        candidates = [
            {"code": row.occupation_code, "title": row.title} for row in rows if row.kind == kind
        ]
        said = "the code of a group" if kind == "group" else "a code of an older classification"
        detail = (
            f"{parameter}: {code.removesuffix('.00')} is {said}, of which O*NET {release} lists"
            f" {len(candidates)}; give the code of one."
        )
        return Problem(
            "occupation-ambiguous",
            detail,
            {"parameter": parameter, "value": code, "candidates": candidates},
        )
    problem = build_unlisted_problem(parameter, code, release)
    problem.members["near"] = await suggest_occupations(request, code)
    return problem


def build_unlisted_problem(parameter: str, code: str, release: str) -> Problem:
    """As `not_found`, without the occupations that may be meant."""
    detail = f"{parameter}: O*NET {release} lists no occupation {code}."
    return Problem("occupation-not-found", detail, {"parameter": parameter, "value": code})


def parse_not_loaded(not_loaded: str | None) -> list[dict[str, str]]:
    """What `current_publication` says in its column `not_loaded`: each subject with `reason` and
    `lost`."""
    return orjson.loads(not_loaded) if not_loaded else []


def list_unloaded_subjects(not_loaded: str | None) -> list[str]:
    """The subjects among them that responses are made from."""
    return [each["subject"] for each in parse_not_loaded(not_loaded) if each["lost"]]


async def find_not_loaded_problem(
    request: Request, parameter: str, occupation: tuple[str, str], subject: str, release: str
) -> Problem | None:
    """A problem where the load lacks the subject: then nobody can say here whether O*NET publishes
    any of it."""
    for row in await get_database(request).fetch(NOT_LOADED, {}):
        return build_not_loaded_problem(row.not_loaded, parameter, occupation, subject, release)
    return None


def build_not_loaded_problem(
    not_loaded: str | None,
    parameter: str,
    occupation: tuple[str, str],
    subject: str,
    release: str,
) -> Problem | None:
    """As `not_loaded`, by what `NOT_LOADED` has said."""
    for each in parse_not_loaded(not_loaded):
        if each["subject"] == subject:
            name = subject.replace("_", " ")
            detail = (
                f"{parameter}: {name} not loaded here: {each['reason']} in the files that O*NET "
                f"{release} was loaded from. That says nothing of what O*NET publishes for "
                f"{occupation[0]} ({occupation[1]})."
            )
            members = {"parameter": parameter, "value": occupation[0], "subject": subject}
            domain = {"domain": subject} if subject in DOMAINS else {}
            return Problem("not-loaded", detail, members | domain)
    return None


async def build_not_rated_problem(
    request: Request, parameter: str, occupation: tuple[str, str], domain: Domain, release: str
) -> Problem:
    if problem := await find_not_loaded_problem(request, parameter, occupation, domain, release):
        return problem
    problem = build_unrated_problem(parameter, occupation, domain, release)
    problem.members["near"] = await suggest_occupations(request, occupation[0], domain)
    return problem


def build_unrated_problem(
    parameter: str, occupation: tuple[str, str], domain: Domain, release: str
) -> Problem:
    """As `build_not_rated_problem` of what is loaded, without its relatives."""
    code, title = occupation
    detail = (
        f"{parameter}: O*NET {release} lists {code} ({title}), but publishes no ratings of its"
        f" {domain}. `python -m loader supplement --occupation {code}` asks O*NET Web Services for"
        " them; the next build takes them in."
    )
    return Problem(
        "occupation-not-rated", detail, {"parameter": parameter, "value": code, "domain": domain}
    )


async def build_not_scored_problem(
    request: Request, parameter: str, occupation: tuple[str, str], domain: Domain, release: str
) -> Problem:
    """As `build_not_rated_problem`, of a language model's levels; it names no neighbours, since few
    are scored."""
    code, title = occupation
    detail = (
        f"{parameter}: no language model has scored the {domain} of {code} ({title}, O*NET"
        f" {release}). `python -m loader score --domain {domain} --occupation {code}` asks one; the"
        " next build takes it in."
    )
    return Problem(
        "occupation-not-scored", detail, {"parameter": parameter, "value": code, "domain": domain}
    )


async def require_listed(
    request: Request, build: Build, from_code: str, to_code: str
) -> dict[str, Any]:
    """The members `from` and `to`. Raises where O*NET does not list both."""
    sides = {"from": from_code, "to": to_code}
    for side, code in sides.items():
        if code not in build.occupations:
            raise await build_not_found_problem(request, side, code, build.release)
    return {
        side: {"code": code, "title": build.occupations[code].title} for side, code in sides.items()
    }


async def require_rated(
    request: Request, build: Build, from_code: str, to_code: str, domain: Domain
) -> dict[str, Any]:
    """As `require_listed`; raises also where one is not rated in the domain."""
    sides = await require_listed(request, build, from_code, to_code)
    for side, occupation in sides.items():
        if not build.occupations[occupation["code"]].is_rated[domain]:
            raise await build_not_rated_problem(
                request, side, tuple(occupation.values()), domain, build.release
            )
    return sides


def build_domain_flags(row: Record) -> dict[str, dict[str, Any]]:
    """The domains in which an occupation is rated, and those in which O*NET Web Services took part
    in that."""
    return {
        state: {domain: getattr(row, f"{state}_{domain}") for domain in DOMAINS}
        for state in ("is_rated", "is_supplemented")
    }

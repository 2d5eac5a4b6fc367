"""What every endpoint needs around its statement: the database, the publication of the rows, and words for what is not there."""

from typing import Any, cast

import orjson
from starlette.requests import Request

from api import occupation_queries, queries
from api.database import Database, NoPublicationError, Record, read_timestamp
from api.occupation_cache import Build, OccupationCache
from api.problems import PROBLEM_JSON, Problem

_PROBLEMS = {
    400: "The body cannot be read as JSON in UTF-8, or has a member twice.",
    404: "What was asked for is not there; where an occupation is not listed or not rated, `near` has others.",
    406: "The Accept header leaves nothing that this address can write.",
    413: "The body is longer than this address takes.",
    422: "A parameter is missing, malformed, repeated, unknown or ambiguous.",
    503: "Nothing is published yet, or the warehouse is away; Retry-After says when to ask again.",
}


def may_fail(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documentation of an endpoint's errors."""
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}}
    return {status: {"description": _PROBLEMS[status], "content": content} for status in statuses}


def database(request: Request) -> Database:
    return cast(Database, request.app.state.database)


def root_path(request: Request) -> str:
    """What every address begins with that is told to the client: API_ROOT_PATH."""
    return str(request.scope.get("root_path", ""))


def occupation_cache(request: Request) -> OccupationCache:
    return cast(OccupationCache, request.app.state.occupations)


def publication(row: Record) -> dict[str, Any]:
    """The member `publication` of a response. Nearly every statement has these three columns."""
    return {"release": row.onet_release, "build_id": row.build_id, "published_at": read_timestamp(row.published_at)}


def published(rows: list[Record]) -> list[Record]:
    """Every statement starts from the publication: no row means that there is none."""
    if not rows:
        raise NoPublicationError
    return rows


async def near(request: Request, code: str, having: queries.Having | None = None) -> list[dict[str, str]]:
    """Code and title of occupations of the same group, closest first."""
    patterns = {"detailed": f"{code[:7]}%", "broad": f"{code[:6]}%", "minor": f"{code[:4]}%", "major": f"{code[:3]}%"}
    rows = await database(request).fetch(queries.near(having), {"code": code, **patterns})
    if not rows and having:
        rows = await database(request).fetch(queries.related(having), {"code": code})
        rows = rows or await database(request).fetch(queries.alike(having), {"code": code}, is_long=True)
    return [{"code": row.code, "title": row.title} for row in rows]


async def not_found(request: Request, parameter: str, code: str, release: str) -> Problem:
    """A 404 problem; a 422 one with the candidates where the code is that of a group, or of an older classification."""
    asked = {"prefix": code, "short": code.removesuffix(".00"), "full": code}
    if code.endswith("0.00"):
        asked["prefix"] = code[:7].rstrip("0")
    rows = await database(request).fetch(occupation_queries.MEANT_BY_CODE, asked)
    if rows:
        kind = rows[0].kind
        candidates = [{"code": row.occupation_code, "title": row.title} for row in rows if row.kind == kind]
        said = "the code of a group" if kind == "group" else "a code of an older classification"
        detail = (
            f"{parameter}: {code.removesuffix('.00')} is {said}, of which O*NET {release} lists {len(candidates)}; give the code of one."
        )
        return Problem("occupation-ambiguous", detail, {"parameter": parameter, "value": code, "candidates": candidates})
    problem = unlisted(parameter, code, release)
    problem.members["near"] = await near(request, code)
    return problem


def unlisted(parameter: str, code: str, release: str) -> Problem:
    """As `not_found`, without the occupations that may be meant."""
    detail = f"{parameter}: O*NET {release} lists no occupation {code}."
    return Problem("occupation-not-found", detail, {"parameter": parameter, "value": code})


def unloaded_subjects(not_loaded: str | None) -> list[dict[str, str]]:
    """What `current_publication` says in its column `not_loaded`: each subject with `reason` and `lost`."""
    return orjson.loads(not_loaded) if not_loaded else []


def subjects_of_answers(not_loaded: str | None) -> list[str]:
    """The subjects among them that answers are made from."""
    return [each["subject"] for each in unloaded_subjects(not_loaded) if each["lost"]]


async def not_loaded(request: Request, parameter: str, occupation: tuple[str, str], subject: str, release: str) -> Problem | None:
    """A problem where the load lacks the subject: then nobody can say here whether O*NET publishes any of it."""
    for row in await database(request).fetch(queries.NOT_LOADED, {}):
        return unloaded(row.not_loaded, parameter, occupation, subject, release)
    return None


def unloaded(
    not_loaded: str | None,
    parameter: str,
    occupation: tuple[str, str],
    subject: str,
    release: str,
) -> Problem | None:
    """As `not_loaded`, by what `queries.NOT_LOADED` has said."""
    for each in unloaded_subjects(not_loaded):
        if each["subject"] == subject:
            name = subject.replace("_", " ")
            detail = (
                f"{parameter}: {name} not loaded here: {each['reason']} in the files that O*NET "
                f"{release} was loaded from. That says nothing of what O*NET publishes for "
                f"{occupation[0]} ({occupation[1]})."
            )
            members = {"parameter": parameter, "value": occupation[0], "subject": subject}
            domain = {"domain": subject} if subject in queries.DOMAINS else {}
            return Problem("not-loaded", detail, members | domain)
    return None


async def not_rated(request: Request, parameter: str, occupation: tuple[str, str], domain: queries.Domain, release: str) -> Problem:
    if problem := await not_loaded(request, parameter, occupation, domain, release):
        return problem
    problem = unrated(parameter, occupation, domain, release)
    problem.members["near"] = await near(request, occupation[0], domain)
    return problem


def unrated(parameter: str, occupation: tuple[str, str], domain: queries.Domain, release: str) -> Problem:
    """As `not_rated` of what is loaded, without its relatives."""
    code, title = occupation
    detail = (
        f"{parameter}: O*NET {release} lists {code} ({title}), but publishes no ratings of its {domain}. "
        f"`python -m loader supplement --occupation {code}` asks O*NET Web Services for them; "
        "the next build takes them in."
    )
    return Problem("occupation-not-rated", detail, {"parameter": parameter, "value": code, "domain": domain})


async def not_scored(request: Request, parameter: str, occupation: tuple[str, str], domain: queries.Domain, release: str) -> Problem:
    """As `not_rated`, of a language model's levels; it names no neighbours, since few are scored."""
    code, title = occupation
    detail = (
        f"{parameter}: no language model has scored the {domain} of {code} ({title}, O*NET {release}). "
        f"`python -m loader score --domain {domain} --occupation {code}` asks one; the next build takes it in."
    )
    return Problem("occupation-not-scored", detail, {"parameter": parameter, "value": code, "domain": domain})


async def require_listed(request: Request, build: Build, from_code: str, to_code: str) -> dict[str, Any]:
    """The members `from` and `to`. Raises where O*NET does not list both."""
    sides = {"from": from_code, "to": to_code}
    for side, code in sides.items():
        if code not in build.occupations:
            raise await not_found(request, side, code, build.release)
    return {side: {"code": code, "title": build.occupations[code].title} for side, code in sides.items()}


async def require_rated(request: Request, build: Build, from_code: str, to_code: str, domain: queries.Domain) -> dict[str, Any]:
    """As `require_listed`; raises also where one is not rated in the domain."""
    sides = await require_listed(request, build, from_code, to_code)
    for side, occupation in sides.items():
        if not build.occupations[occupation["code"]].is_rated[domain]:
            raise await not_rated(request, side, tuple(occupation.values()), domain, build.release)
    return sides


def domain_flags(row: Record) -> dict[str, dict[str, Any]]:
    """The domains in which an occupation is rated, and those in which O*NET Web Services took part in that."""
    return {state: {domain: getattr(row, f"{state}_{domain}") for domain in queries.DOMAINS} for state in ("is_rated", "is_supplemented")}

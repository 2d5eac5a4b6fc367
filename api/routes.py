"""The endpoints: take the parameters, run one statement, write its rows. No rule about gaps lives here."""

from collections.abc import Sequence
from typing import Any, cast

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import __version__, models, parameters, queries
from api.answers import ATTRIBUTION, CSV, JSON, LICENSE, csv_answer, json_answer, json_bytes, negotiate
from api.database import Database, NoPublicationError, Row
from api.problems import PROBLEM_JSON, PROBLEM_TYPES, Problem

router = APIRouter(route_class=parameters.StrictRoute)

_PROBLEMS = {
    404: "What was asked for is not there; where an occupation is not listed or not rated, `near` has others.",
    406: "The Accept header leaves nothing that this address can write.",
    422: "A parameter is missing, malformed, repeated or unknown.",
    503: "Nothing is published yet, or the warehouse is away; Retry-After says when to ask again.",
}


def _may_fail(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documentation of an endpoint's errors."""
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}}
    return {status: {"description": _PROBLEMS[status], "content": content} for status in statuses}


_AS_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The pair, the counts, and the gaps.",
        "content": {CSV: {"schema": {"type": "string"}, "example": "from_occupation_code,to_occupation_code,domain,element_id,…"}},
    }
}


def _database(request: Request) -> Database:
    return cast(Database, request.app.state.database)


def _publication(row: Row) -> dict[str, Any]:
    """Every statement begins with these three columns."""
    return {"release": row[1], "build_id": row[0], "published_at": row[2]}


def _rated(flags: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """The domains in which an occupation is rated, then those in which O*NET Web Services took part in that."""
    count = len(queries.DOMAINS)
    return {
        "is_rated": dict(zip(queries.DOMAINS, flags[:count], strict=True)),
        "is_supplemented": dict(zip(queries.DOMAINS, flags[count:], strict=True)),
    }


def _published(rows: list[Row]) -> list[Row]:
    """Every statement starts from the publication: no row means that there is none."""
    if not rows:
        raise NoPublicationError
    return rows


def _near(request: Request, code: str, domain: queries.Domain | None = None) -> list[dict[str, str]]:
    patterns = {"detailed": f"{code[:7]}%", "broad": f"{code[:6]}%", "minor": f"{code[:4]}%", "major": f"{code[:3]}%"}
    rows = _database(request).fetch(queries.near(domain), {"code": code, **patterns})
    return [{"code": near_code, "title": title} for near_code, title in rows]


def _not_found(request: Request, parameter: str, code: str, release: str) -> Problem:
    detail = f"{parameter}: O*NET {release} lists no occupation {code}."
    return Problem("occupation-not-found", detail, {"parameter": parameter, "value": code, "near": _near(request, code)})


def _not_rated(request: Request, parameter: str, occupation: tuple[str, str], domain: queries.Domain, release: str) -> Problem:
    code, title = occupation
    detail = (
        f"{parameter}: O*NET {release} lists {code} ({title}), but publishes no ratings of its {domain}. "
        f"`python -m loader supplement --occupation {code}` asks O*NET Web Services for them; the next build takes them in."
    )
    return Problem(
        "occupation-not-rated", detail, {"parameter": parameter, "value": code, "domain": domain, "near": _near(request, code, domain)}
    )


def _not_scored(request: Request, parameter: str, occupation: tuple[str, str], domain: queries.Domain, release: str) -> Problem:
    code, title = occupation
    detail = (
        f"{parameter}: no language model has scored the {domain} of {code} ({title}, O*NET {release}). "
        f"`python -m loader score --domain {domain} --occupation {code}` asks one; the next build takes it in."
    )
    return Problem("occupation-not-scored", detail, {"parameter": parameter, "value": code, "domain": domain})


def _refuse_what_a_model_is_not_asked(definition: str, min_importance: float | None, significant: bool) -> None:
    """Each of these would leave the answer empty, and so mislead."""
    asked = {
        "definition": ("newly_relevant", definition == "newly_relevant", "relevance"),
        "min_importance": (min_importance, min_importance is not None, "importance"),
        "significant": ("true", significant, "an error"),
    }
    errors = [
        {"parameter": name, "detail": f"{value} does not go with levels=llm: a model is not asked for {what}"}
        for name, (value, is_given, what) in asked.items()
        if is_given
    ]
    if errors:
        raise parameters.invalid_parameters(errors)


@router.get(
    "/skill-gap",
    summary="What the target occupation needs that the source lacks",
    description="Compares the ratings of two occupations element by element. `counts` tells how many elements each reading of *gap* flags, "
    "whatever narrows the list; an occupation compared with itself has none. As CSV, each row also names the pair, the domain and the "
    "publication.",
    response_model=models.SkillGapAnswer,
    responses=_AS_CSV | _may_fail(404, 406, 422, 503),
    tags=["gaps"],
)
def skill_gap(
    request: Request,
    from_code: parameters.FromCode,
    to_code: parameters.ToCode,
    domain: parameters.DomainName = "skills",
    definition: parameters.DefinitionName = "missing",
    min_importance: parameters.MinImportance = None,
    significant: parameters.Significant = False,
    levels: parameters.LevelsName = "published",
    format: parameters.Format = None,  # the parameter's public name
) -> Response:
    media_type = {"json": JSON, "csv": CSV}[format] if format else negotiate(request, JSON, CSV)
    if levels == "llm":
        _refuse_what_a_model_is_not_asked(definition, min_importance, significant)
    statement = queries.skill_gap(domain, definition, min_importance is not None, significant, levels)
    wanted: dict[str, object] = {"from_code": from_code, "to_code": to_code, "domain": domain}
    if min_importance is not None:
        wanted["min_importance"] = min_importance
    rows = _published(_database(request).fetch(statement, wanted))
    pair = rows[0]
    build_id, release, _, from_title, from_is_rated, to_title, to_is_rated, *rest = pair[: len(queries.PAIR_COLUMNS)]
    from_is_supplemented, to_is_supplemented, model, prompt_version, from_elements, to_elements, *counts = rest
    for parameter, code, title in (("from", from_code, from_title), ("to", to_code, to_title)):
        if title is None:
            raise _not_found(request, parameter, code, release)
    for parameter, code, title, is_rated in (("from", from_code, from_title, from_is_rated), ("to", to_code, to_title, to_is_rated)):
        if not is_rated:
            raise (_not_rated if levels == "published" else _not_scored)(request, parameter, (code, title), domain, release)
    gaps: Sequence[Row] = [row[len(queries.PAIR_COLUMNS) :] for row in rows] if pair[len(queries.PAIR_COLUMNS)] is not None else []
    if media_type == CSV:
        by_model = {} if levels == "published" else {"levels": levels, "model": model}
        header = ("from_occupation_code", "to_occupation_code", "domain", *queries.GAP_COLUMNS, "release", "build_id", *by_model)
        lines = ((from_code, to_code, domain, *gap, release, build_id, *by_model.values()) for gap in gaps)
        kind = f"{definition}_{levels}" if by_model else definition
        return csv_answer(request, build_id, f"skill-gap_{from_code}_{to_code}_{domain}_{kind}.csv", header, lines)
    body = {
        "from": {"code": from_code, "title": from_title},
        "to": {"code": to_code, "title": to_title},
        "domain": domain,
        "definition": definition,
        "levels": levels,
        "supplemented": {"from": from_is_supplemented, "to": to_is_supplemented},
        "counts": dict(zip(queries.PAIR_COLUMNS[-4:], counts, strict=True)),
        "gaps": [dict(zip(queries.GAP_COLUMNS, gap, strict=True)) for gap in gaps],
        "publication": _publication(pair),
    }
    if levels == "llm":
        body["llm"] = {
            "model": model,
            "prompt_version": prompt_version,
            "from_element_count": from_elements,
            "to_element_count": to_elements,
        }
    return json_answer(request, build_id, body)


@router.get(
    "/occupations",
    summary="Find occupations",
    description="By code or title: the code itself first, then the title itself, then what begins so, then titles that contain it.",
    response_model=models.OccupationsAnswer,
    responses=_may_fail(406, 422, 503),
    tags=["occupations"],
)
def occupations(request: Request, q: parameters.Sought = "", limit: parameters.Limit = 20, offset: parameters.Offset = 0) -> Response:
    negotiate(request, JSON)
    sought = q.strip()
    wanted: dict[str, object] = {"limit": limit, "offset": offset}
    if sought:
        wanted["sought"] = sought.lower()
    rows = _published(_database(request).fetch(queries.occupations(bool(sought)), wanted))
    body = {
        "q": sought,
        "limit": limit,
        "offset": offset,
        "total": rows[0][3],
        "occupations": [{"code": row[4], "title": row[5], "job_zone": row[6], **_rated(row[7:])} for row in rows if row[4] is not None],
        "publication": _publication(rows[0]),
    }
    return json_answer(request, rows[0][0], body)


@router.get(
    "/occupations/{code}",
    summary="One occupation",
    description="Its title, description and job zone, and the domains in which O*NET publishes ratings of it.",
    response_model=models.OccupationAnswer,
    responses=_may_fail(404, 406, 422, 503),
    tags=["occupations"],
)
def occupation(request: Request, code: parameters.PathCode) -> Response:
    negotiate(request, JSON)
    [row] = _published(_database(request).fetch(queries.OCCUPATION, {"code": code}))
    if row[3] is None:
        raise _not_found(request, "code", code, row[1])
    body = {
        "occupation": {
            "code": row[3],
            "title": row[4],
            "description": row[5],
            "job_zone": row[6],
            **_rated(row[7:]),
        },
        "publication": _publication(row),
    }
    return json_answer(request, row[0], body)


@router.get(
    "/publication",
    summary="What is published",
    description="The O*NET release, its files' checksums, the build, its time, what was counted and tested, and the licence of the data.",
    response_model=models.PublicationAnswer,
    responses=_may_fail(406, 422, 503),
    tags=["service"],
)
def publication(request: Request) -> Response:
    negotiate(request, JSON)
    [row] = _published(_database(request).fetch(queries.PUBLICATION, {}))
    body = dict(zip(queries.PUBLICATION_COLUMNS, row, strict=True))
    body["release"] = body.pop("onet_release")
    body["file_checksums"] = orjson.loads(body["file_checksums"])
    return json_answer(request, row[0], body | {"attribution": ATTRIBUTION, "license": LICENSE})


@router.get(
    "/",
    summary="Where everything is",
    description="The endpoints, the publication they answer from, and whose data these are.",
    response_model=models.IndexAnswer,
    responses=_may_fail(406, 422, 503),
    tags=["service"],
)
def index(request: Request) -> Response:
    negotiate(request, JSON)
    try:
        rows = _database(request).fetch(queries.PUBLISHED, {})
    except NoPublicationError:
        rows = []
    body = {
        "service": "O*NET skill gaps",
        "version": __version__,
        "links": {
            "skill_gap": "/skill-gap?from=11-1011.00&to=11-3013.00",
            "occupations": "/occupations?q=manag",
            "occupation": "/occupations/11-3013.00",
            "publication": "/publication",
            "docs": "/docs",
            "openapi": "/openapi.json",
            "schema": "/schema/",
            "health": "/health/ready",
            "metrics": "/metrics",
        },
        "publication": _publication(rows[0]) if rows else None,
        "attribution": ATTRIBUTION,
        "license": LICENSE,
    }
    return json_answer(request, rows[0][0] if rows else "none", body)


@router.get(
    "/health/live",
    summary="Is the process alive?",
    description="Asks nothing of the warehouse: for whoever restarts processes.",
    response_model=models.LiveAnswer,
    responses=_may_fail(422),
    tags=["service"],
)
async def live() -> Response:
    return _state({"status": "live"})


@router.get(
    "/health/ready",
    summary="Can it answer?",
    description="Reads the publication: 503 while nothing is published or the warehouse is away. For whoever routes requests.",
    response_model=models.ReadyAnswer,
    responses=_may_fail(422, 503),
    tags=["service"],
)
def ready(request: Request) -> Response:
    [row] = _published(_database(request).fetch(queries.PUBLISHED, {}))
    return _state({"status": "ready", "publication": _publication(row)})


def _state(body: dict[str, Any]) -> Response:
    return Response(json_bytes(body), media_type=JSON, headers={"Cache-Control": "no-store"})


@router.get(
    "/problems/{name}",
    summary="What a kind of problem means",
    description="The explanation behind the `type` of an error.",
    response_model=models.ProblemTypeAnswer,
    responses=_may_fail(404, 422),
    tags=["service"],
)
async def problem_type(name: parameters.ProblemName) -> Response:
    kind = PROBLEM_TYPES.get(name)
    if kind is None:
        raise Problem("not-found", f"name: there is no problem type of this name; there are {', '.join(PROBLEM_TYPES)}.")
    body = {"type": f"/problems/{name}", "title": kind.title, "status": kind.status, "explanation": kind.explanation}
    return Response(json_bytes(body), media_type=JSON)

"""The endpoints: take the parameters, run one statement, write its rows. No rule about gaps lives here."""

from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import __version__, explanation, models, page, parameters, queries
from api.answers import ATTRIBUTION, CSV, JSON, LICENSE, csv_answer, json_answer, json_bytes, json_or_csv, negotiate
from api.database import NoPublicationError
from api.lookups import database as _database
from api.lookups import kept_pay, unloaded_subjects
from api.lookups import may_fail as _may_fail
from api.lookups import not_rated as _not_rated
from api.lookups import not_scored as _not_scored
from api.lookups import publication as _publication
from api.lookups import published as _published
from api.lookups import rated_pair as _rated_pair
from api.problems import PROBLEM_TYPES, Problem

router = APIRouter(route_class=parameters.StrictRoute)
page_router = APIRouter()
page_router.add_api_route("/page/{name}", page.file, include_in_schema=False)

_AS_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The pair, the counts, and the gaps.",
        "content": {CSV: {"schema": {"type": "string"}, "example": "from_occupation_code,to_occupation_code,domain,element_id,…"}},
    }
}


def _refuse_what_a_model_is_not_asked(definition: str, min_importance: float | None, significant: bool, explain: bool) -> None:
    """Each of these would leave the answer empty or unproven, and so mislead."""
    asked = {
        "definition": ("newly_relevant", definition == "newly_relevant", "a model is not asked for relevance"),
        "min_importance": (min_importance, min_importance is not None, "a model is not asked for importance"),
        "significant": ("true", significant, "a model is not asked for an error"),
        "explain": ("true", explain, "no published row is behind a model's levels"),
    }
    errors = [
        {"parameter": name, "detail": f"{value} does not go with levels=llm: {why}"}
        for name, (value, is_given, why) in asked.items()
        if is_given
    ]
    if errors:
        raise parameters.invalid_parameters(errors)


@router.get(
    "/skill-gap",
    summary="What the target occupation needs that the source lacks",
    description="Compares the ratings of two occupations element by element. `counts` tells how many elements each reading of a gap flags, "
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
    explain: parameters.Explain = False,
    levels: parameters.LevelsName = "published",
    format: parameters.Format = None,  # the parameter's public name
) -> Response:
    media_type = json_or_csv(request, format)
    explanation.refuse_as_csv(explain, media_type)
    if levels == "llm":
        _refuse_what_a_model_is_not_asked(definition, min_importance, significant, explain)
    statement = queries.skill_gap(domain, definition, min_importance is not None, significant, levels)
    wanted: dict[str, object] = {"from_code": from_code, "to_code": to_code, "domain": domain}
    if min_importance is not None:
        wanted["min_importance"] = min_importance
    asked: list[tuple[str, dict[str, object]]] = [(statement, wanted)]
    if explain:
        asked.append((explanation.PUBLISHED_ROWS, {"from_code": from_code, "to_code": to_code, "domain": domain}))
    (rows, *behind), pay = kept_pay(request).fetch_pair(asked, from_code, to_code)
    unrated = _not_rated if levels == "published" else _not_scored
    pair = _rated_pair(request, rows, queries.PAIR_COLUMNS, (from_code, to_code, domain), unrated)
    build_id, release = pair["build_id"], pair["onet_release"]
    columns, before = queries.GAP_COLUMNS + queries.WORD_COLUMNS, len(queries.PAIR_COLUMNS)
    gaps = [row[before:] for row in rows if row[before] is not None]
    if media_type == CSV:
        by_model = {} if levels == "published" else {"levels": levels, "model": pair["model"]}
        header = ("from_occupation_code", "to_occupation_code", "domain", *columns, "release", "build_id", *by_model)
        lines = ((from_code, to_code, domain, *gap, release, build_id, *by_model.values()) for gap in gaps)
        kind = f"{definition}_{levels}" if by_model else definition
        return csv_answer(request, build_id, f"skill-gap_{from_code}_{to_code}_{domain}_{kind}.csv", header, lines)
    body: dict[str, Any] = {
        "from": pair["from"],
        "to": pair["to"],
        "domain": domain,
        "definition": definition,
        "levels": levels,
        "supplemented": {"from": pair["from_is_supplemented"], "to": pair["to_is_supplemented"]},
        "counts": {name: pair[name] for name in queries.PAIR_COLUMNS[-4:]},
        "pay": pay,
        "gaps": [dict(zip(columns, gap, strict=True)) for gap in gaps],
        "publication": _publication(rows[0]),
    }
    if explain:
        body |= explanation.members("skill_gap", body["gaps"], {"from": from_code, "to": to_code}, behind[0], release)
    if levels == "llm":
        body["llm"] = {name: pair[name] for name in ("model", "prompt_version", "from_element_count", "to_element_count")}
    return json_answer(request, build_id, body)


@router.get(
    "/publication",
    summary="What is published",
    description="The O*NET release, its files' checksums, the build, its time, what was counted and tested, which "
    "subjects the load lacks, and the licence of the data.",
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
    body["not_loaded"] = unloaded_subjects(body["not_loaded"])
    body["transition_domains"] = (body["transition_domains"] or "").split(", ")
    return json_answer(request, row[0], body | {"attribution": ATTRIBUTION, "license": LICENSE})


# Not strict: the state of the page stands in its query string.
@page_router.get(
    "/",
    summary="Where everything is",
    description="The endpoints, the publication they answer from, and whose data these are. A browser, which likes HTML better, gets the "
    "page that shows gaps; what stands in its query string is the page's own affair.",
    response_model=models.IndexAnswer,
    responses=page.AS_HTML | _may_fail(406, 422, 503),
    tags=["service"],
)
def index(request: Request) -> Response:
    if negotiate(request, JSON, page.HTML) == page.HTML:
        return page.file(request, "index.html")
    parameters.refuse_strangers(request, [])
    try:
        rows = _database(request).fetch(queries.PUBLISHED, {})
    except NoPublicationError:
        rows = []
    body = {
        "service": "O*NET skill gaps",
        "version": __version__,
        "links": {
            "skill_gap": "/skill-gap?from=11-1011.00&to=11-3013.00",
            "technology_gap": "/technology-gap?from=11-1011.00&to=11-3013.00",
            "compare": "/compare?from=11-1011.00&to=11-3013.00",
            "occupations": "/occupations?q=manag",
            "occupation": "/occupations/11-3013.00",
            "transitions": "/occupations/11-3013.00/transitions",
            "codes": "/codes?system=soc2018&code=11-3013",
            "elements": "/elements?domain=skills",
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

"""`POST /skill-gaps`: many pairs at once, each as `GET /skill-gap` answers it, from one
statement."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import dependencies, parameters
from api.database import Row, Statement
from api.gaps import COLUMNS, build_pair_body, narrow_gaps
from api.occupation_cache import Build
from api.problems import Problem, problem_members
from api.queries.publication import BUILD_ID, NOT_LOADED
from api.queries.skill_gap import SKILL_GAPS, build_skill_gaps_from_query
from api.responses import (
    CSV,
    CSV_PAIR_COLUMNS,
    CSV_TYPE,
    POST_HEADERS,
    encode_csv_rows,
    encode_json,
    negotiate_media_type,
)
from api.schemas.skill_gaps import Pairs
from api.strict_route import StrictRoute
from api.types import Domain

JSON_LINES = "application/x-ndjson"
PAIRS_AT_A_TIME = 25
"""Written before others get their turn in the event loop: a few milliseconds."""

_CSV_COLUMNS = (
    *("index", *CSV_PAIR_COLUMNS, "domain"),
    *(*COLUMNS, "release", "build_id", "problem"),
)

Pair = tuple[str, str]


class BatchRoute(StrictRoute):
    """With room for 1,000 pairs, however they are indented."""

    max_body_bytes = 262_144


router = APIRouter(route_class=BatchRoute)


@dataclass(frozen=True)
class ComparedPair:
    """A pair, with the rows of its gap or with the reason why it has none."""

    number: int
    pair: Pair
    rows: list[Row]
    problem: Problem | None


_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One JSON object a line, or one CSV row a gap.",
        "content": {
            JSON_LINES: {
                "schema": {"type": "string"},
                "example": (
                    '{"index":0,"from":{"code":"11-1011.00","title":"Chief Executives"},…}\n'
                ),
            },
            CSV: {"schema": {"type": "string"}, "example": "index,from_occupation_code,…"},
        },
    }
}


@router.post(
    "/skill-gaps",
    operation_id="list_skill_gaps",
    summary="List the skill gaps of many pairs",
    description=(
        "Up to 1,000 pairs, or one source and all targets, in one request. Each line of the"
        " response is what `GET /skill-gap` answers for that pair, with its `index` among the"
        " pairs. A pair that cannot be compared has `problem` in the place of its figures, and"
        " leaves the others alone. As CSV, a pair that lacks nothing has no row, and one that"
        " cannot be compared has one with `problem`. Without `pairs`, the targets come by their"
        " code."
    ),
    response_class=Response,
    responses=_RESPONSES | dependencies.problem_responses(400, 404, 406, 413, 422, 503),
    tags=["gaps"],
)
async def post_skill_gaps(
    request: Request,
    batch: Pairs,
    domain: parameters.DomainName = "skills",
    definition: parameters.DefinitionName = "missing",
    min_importance: parameters.MinImportance = None,
    significant: parameters.Significant = False,
    format: parameters.Format = None,  # the parameter's public name
) -> Response:
    offers = {"json": JSON_LINES, "csv": CSV}
    media_type = offers[format] if format else negotiate_media_type(request, *offers.values())
    statements: list[Statement] = [
        (BUILD_ID, {}),
        _build_statement(batch, domain),
        (NOT_LOADED, {}),
    ]
    occupations = dependencies.get_occupation_cache(request)
    (_, rows, [(not_loaded,)]), build = await occupations.fetch_pair(statements, is_long=True)
    if batch.from_ is not None:
        await dependencies.require_rated(request, build, batch.from_, batch.from_, domain)
    root_path = dependencies.root_path(request)
    pieces = [encode_csv_rows([_CSV_COLUMNS])] if media_type == CSV else []
    for each in _compare_pairs(_list_pairs(batch, build, domain), rows, build, domain, not_loaded):
        gaps = narrow_gaps(each.rows, definition, min_importance, significant)
        if media_type == CSV:
            pieces.append(encode_csv_rows(_build_csv_lines(each, gaps, build, domain)))
        else:
            pieces.append(
                encode_json(_build_line(each, gaps, build, domain, definition, root_path)) + b"\n"
            )
        if each.number % PAIRS_AT_A_TIME == 0:
            await asyncio.sleep(0)
    suffix, kind = ("csv", CSV_TYPE) if media_type == CSV else ("jsonl", JSON_LINES)
    filename = f"skill-gaps_{domain}_{definition}.{suffix}"
    headers = POST_HEADERS | {"Content-Disposition": f'attachment; filename="{filename}"'}
    return Response(b"".join(pieces), headers=headers, media_type=kind)


def _build_statement(batch: Pairs, domain: Domain) -> Statement:
    if batch.pairs is None:
        return build_skill_gaps_from_query(domain), {"from_code": batch.from_, "domain": domain}
    pairs = dict.fromkeys((pair.from_, pair.to) for pair in batch.pairs)
    codes = "".join(source + target for source, target in pairs)
    return SKILL_GAPS, {"codes": codes, "count": len(pairs), "domain": domain}


def _list_pairs(batch: Pairs, build: Build, domain: Domain) -> list[Pair]:
    if batch.pairs is not None:
        return [(pair.from_, pair.to) for pair in batch.pairs]
    source = str(batch.from_)
    return [
        (source, target)
        for target, occupation in sorted(build.occupations.items())
        if occupation.is_rated[domain] and target != source
    ]


def _compare_pairs(
    pairs: Sequence[Pair],
    rows: Iterable[Row],
    build: Build,
    domain: Domain,
    not_loaded: str | None,
) -> Iterator[ComparedPair]:
    """The pairs in their order, each with its own of the rows."""
    rows_of: defaultdict[Pair, list[Row]] = defaultdict(list)
    for source, target, *row in rows:
        rows_of[source, target].append(tuple(row))
    for index, pair in enumerate(pairs):
        problem = _find_problem(index, pair, build, domain, not_loaded)
        yield ComparedPair(index, pair, rows_of.get(pair, []), problem)


def _find_problem(
    index: int, pair: Pair, build: Build, domain: Domain, not_loaded: str | None
) -> Problem | None:
    """Why a pair cannot be compared, as `GET /skill-gap` says it; None where it can."""
    known, release = build.occupations, build.release
    sides = [(f"pairs.{index}.from", pair[0]), (f"pairs.{index}.to", pair[1])]
    for parameter, code in sides:
        if code not in known:
            return dependencies.build_unlisted_problem(parameter, code, release)
    for parameter, code in sides:
        if not known[code].is_rated[domain]:
            named = code, known[code].title
            missing = dependencies.build_not_loaded_problem(
                not_loaded, parameter, named, domain, release
            )
            return missing or dependencies.build_unrated_problem(parameter, named, domain, release)
    return None


def _get_titles(pair: Pair, build: Build) -> tuple[str | None, str | None]:
    source, target = (build.occupations.get(code) for code in pair)
    return source and source.title, target and target.title


def _build_line(
    each: ComparedPair,
    gaps: list[Row],
    build: Build,
    domain: Domain,
    definition: str,
    root_path: str,
) -> dict[str, Any]:
    """A line of JSON."""
    sides = {
        side: {"code": code, "title": title}
        for side, code, title in zip(
            ("from", "to"), each.pair, _get_titles(each.pair, build), strict=True
        )
    }
    if each.problem:
        members = problem_members(each.problem, root_path=root_path)
        return {"index": each.number, **sides, "domain": domain, "problem": members}
    chosen = {"domain": domain, "definition": definition, "levels": "published"}
    supplemented = {
        side: build.occupations[code].is_supplemented[domain]
        for side, code in zip(("from", "to"), each.pair, strict=True)
    }
    body = build_pair_body(build, sides, chosen, supplemented, each.rows, gaps)
    return {"index": each.number, **body}


def _build_csv_lines(
    each: ComparedPair, gaps: list[Row], build: Build, domain: Domain
) -> Iterator[tuple[Any, ...]]:
    (source, target), titles = each.pair, _get_titles(each.pair, build)
    before = (each.number, source, titles[0], target, titles[1], domain)
    after = (build.release, build.build_id)
    if each.problem:
        yield (*before, *(None,) * len(COLUMNS), *after, each.problem.detail)
    for gap in gaps:
        yield (*before, *gap, *after, None)

"""`/occupations`: finding them by any of their titles, and one as a whole."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import explanation, labor_queries, lookups, models_occupation, occupation_queries, parameters
from api.answers import JSON, json_answer, negotiate
from api.database import Record
from api.queries import DOMAINS

router = APIRouter(route_class=parameters.StrictRoute)

CHARACTERISTIC_DOMAINS = ("interests", "work_values", "work_styles")


@router.get(
    "/occupations",
    operation_id="search_occupations",
    summary="Search occupations",
    description="By code, by the code of a SOC group, or by any title they go by - O*NET's own, alternate and reported ones -, everyday "
    "words for these, and technologies that employers ask for. Plurals, British spellings, beginnings of words and misspelled words are "
    "understood. First comes the occupation with the title that says what was typed and little else; of several, the one with more such "
    "titles and more workers, and a whole occupation before a part of one. `match` says which title did it.",
    response_model=models_occupation.OccupationsAnswer,
    responses=lookups.may_fail(406, 422, 503),
    tags=["occupations"],
)
async def occupations(request: Request, q: parameters.Sought = "", limit: parameters.Limit = 20, offset: parameters.Offset = 0) -> Response:
    negotiate(request, JSON)
    sought = occupation_queries.visible(q).strip()
    statement, wanted = occupation_queries.searching(sought) if sought else (occupation_queries.ALL, {})
    params = wanted | {"limit": limit, "offset": offset}
    rows = lookups.published(await lookups.database(request).fetch(statement, params, is_long=True))
    total = rows[0].total
    pages = {
        "next": _page(request, q, limit, offset + limit) if offset + limit < total else None,
        "prev": _page(request, q, limit, max(offset - limit, 0)) if offset else None,
    }
    body = {
        "q": sought,
        "limit": limit,
        "offset": offset,
        "total": total,
        **pages,
        "occupations": [_found(row, sought) for row in rows if row.occupation_code is not None],
        "not_loaded": lookups.subjects_of_answers(rows[0].not_loaded),
        "publication": lookups.publication(rows[0]),
    }
    links = ", ".join(f'<{page}>; rel="{name}"' for name, page in pages.items() if page)
    return json_answer(request, rows[0].build_id, body, links)


def _page(request: Request, q: str, limit: int, offset: int) -> str:
    """The address of another page of the same list."""
    query = urlencode(({"q": q} if q else {}) | {"limit": limit, "offset": offset})
    return f"{lookups.root_path(request)}/occupations?{query}"


def _found(row: Record, sought: str) -> dict[str, Any]:
    match = None
    if row.title_kind is not None:
        where = occupation_queries.place(row.matched_title, row.title_kind, sought, row.occupation_code)
        match = {"title": row.matched_title, "kind": row.title_kind, "place": where}
    return {
        "code": row.occupation_code,
        "title": row.title,
        "job_zone": row.job_zone,
        **lookups.domain_flags(row),
        "match": match,
    }


@router.get(
    "/occupations/{code}",
    operation_id="get_occupation",
    summary="Get an occupation",
    description="Its title, description and job zone; its ratings in every domain with their levels in words; the education it takes; the "
    "tasks that weigh most; technologies; the titles that workers report; related occupations. What O*NET does not publish is "
    "empty; what the release was loaded here without is empty too, and `not_loaded` names it. Where labour-market files are landed "
    "also pay, outlook, and the programs of study that lead there.",
    response_model=models_occupation.OccupationAnswer,
    responses=lookups.may_fail(404, 406, 422, 503),
    tags=["occupations"],
)
async def occupation(request: Request, code: parameters.PathCode, explain: parameters.ExplainRatings = False) -> Response:
    negotiate(request, JSON)
    asked = [occupation_queries.OCCUPATION, *occupation_queries.SECTIONS.values(), *labor_queries.SECTIONS]
    more = [explanation.ROWS_OF_OCCUPATION] if explain else []
    first, *found = await lookups.database(request).fetch_together([(text, {"code": code}) for text in asked + more])
    behind = found.pop() if explain else []
    labor = labor_queries.labor_members(*found[-len(labor_queries.SECTIONS) :])
    [row] = lookups.published(first)
    if row.occupation_code is None:
        raise await lookups.not_found(request, "code", code, row.onet_release)
    records = dict(zip(occupation_queries.SECTIONS, found, strict=False))
    sections = {name: [each._asdict() for each in rows] for name, rows in records.items()}
    if explain:
        rows = explanation.rating_rows(behind, row.onet_release)
        sections["ratings"] = [{**each, "published_rows": rows.get(each["element_id"])} for each in sections["ratings"]]
    education = sections["education"]
    typical = [share for share in education if share.pop("is_typical")]
    body = {
        "occupation": {
            "code": row.occupation_code,
            "title": row.title,
            "description": row.description,
            "job_zone": row.job_zone,
            **lookups.domain_flags(row),
        },
        "ratings": _by_domain(DOMAINS, sections["ratings"]),
        "characteristics": _by_domain(CHARACTERISTIC_DOMAINS, sections["characteristics"]),
        "education": {"typical": typical[0] if typical else None, "shares": education},
        "tasks": sections["tasks"],
        "technologies": sections["technologies"],
        "reported_titles": [each.title for each in records["reported_titles"]],
        "related_occupations": [
            {
                "code": each.related_occupation_code,
                "title": each.related_title,
                "tier": each.relatedness_tier,
                "index": each.related_index,
            }
            for each in records["related_occupations"]
        ],
        **labor,
        "not_loaded": lookups.subjects_of_answers(row.not_loaded),
        "publication": lookups.publication(row),
    }
    return json_answer(request, row.build_id, body)


def _by_domain(domains: tuple[str, ...], rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The rows under their domain; every domain is there, one without rows is empty."""
    parted: dict[str, list[dict[str, Any]]] = {domain: [] for domain in domains}
    for row in rows:
        parted[row.pop("domain")].append(row)
    return parted

"""`/occupations`: finding them by any of their titles, and one as a whole."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import dependencies, explanation, parameters
from api.database import Record
from api.labor import build_labor_members
from api.occupation_search import build_search_statement, classify_match, strip_invisible
from api.queries.explanation import PUBLISHED_ROWS_OF_OCCUPATION
from api.queries.labor import LABOR_SECTIONS
from api.queries.occupations import ALL_OCCUPATIONS, OCCUPATION, OCCUPATION_SECTIONS
from api.responses import JSON, json_response, negotiate_media_type
from api.schemas.occupations import OccupationResponse, OccupationsResponse
from api.strict_route import StrictRoute
from api.types import DOMAINS

router = APIRouter(route_class=StrictRoute)

CHARACTERISTIC_DOMAINS = ("interests", "work_values", "work_styles")


@router.get(
    "/occupations",
    operation_id="search_occupations",
    summary="Search occupations",
    description=(
        "By code, by the code of a SOC group, or by any title they go by - O*NET's own, alternate"
        " and reported ones -, everyday words for these, and technologies that employers ask for."
        " Plurals, British spellings, beginnings of words and misspelled words are understood."
        " First comes the occupation with the title that says what was typed and little else; of"
        " several, the one with more such titles and more workers, and a whole occupation before a"
        " part of one. `match` says which title did it."
    ),
    response_model=OccupationsResponse,
    responses=dependencies.problem_responses(406, 422, 503),
    tags=["occupations"],
)
async def search_occupations(
    request: Request,
    q: parameters.SearchText = "",
    limit: parameters.Limit = 20,
    offset: parameters.Offset = 0,
) -> Response:
    negotiate_media_type(request, JSON)
    sought = strip_invisible(q).strip()
    statement, search_params = build_search_statement(sought) if sought else (ALL_OCCUPATIONS, {})
    params = search_params | {"limit": limit, "offset": offset}
    rows = dependencies.require_publication(
        await dependencies.get_database(request).fetch(statement, params, is_long=True)
    )
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
        "occupations": [
            _build_matched_occupation(row, sought)
            for row in rows
            if row.occupation_code is not None
        ],
        "not_loaded": dependencies.list_unloaded_subjects(rows[0].not_loaded),
        "publication": dependencies.build_publication(rows[0]),
    }
    links = ", ".join(f'<{page}>; rel="{name}"' for name, page in pages.items() if page)
    return json_response(request, rows[0].build_id, body, links)


def _page(request: Request, q: str, limit: int, offset: int) -> str:
    """The address of another page of the same list."""
    query = urlencode(({"q": q} if q else {}) | {"limit": limit, "offset": offset})
    return f"{dependencies.root_path(request)}/occupations?{query}"


def _build_matched_occupation(row: Record, sought: str) -> dict[str, Any]:
    match = None
    if row.title_kind is not None:
        where = classify_match(row.matched_title, row.title_kind, sought, row.occupation_code)
        match = {"title": row.matched_title, "kind": row.title_kind, "place": where}
    return {
        "code": row.occupation_code,
        "title": row.title,
        "job_zone": row.job_zone,
        **dependencies.build_domain_flags(row),
        "match": match,
    }


@router.get(
    "/occupations/{code}",
    operation_id="get_occupation",
    summary="Get an occupation",
    description=(
        "Its title, description and job zone; its ratings in every domain with their levels in"
        " words; the education it takes; the tasks that weigh most; technologies; the titles that"
        " workers report; related occupations. What O*NET does not publish is empty; what the"
        " release was loaded here without is empty too, and `not_loaded` names it. Where"
        " labour-market files are landed also pay, outlook, and the programs of study that lead"
        " there."
    ),
    response_model=OccupationResponse,
    responses=dependencies.problem_responses(404, 406, 422, 503),
    tags=["occupations"],
)
async def get_occupation(
    request: Request, code: parameters.PathCode, explain: parameters.ExplainRatings = False
) -> Response:
    negotiate_media_type(request, JSON)
    texts = [OCCUPATION, *OCCUPATION_SECTIONS.values(), *LABOR_SECTIONS]
    more = [PUBLISHED_ROWS_OF_OCCUPATION] if explain else []
    first, *found = await dependencies.get_database(request).fetch_together(
        [(text, {"code": code}) for text in texts + more]
    )
    behind = found.pop() if explain else []
    labor = build_labor_members(*found[-len(LABOR_SECTIONS) :])
    [row] = dependencies.require_publication(first)
    if row.occupation_code is None:
        raise await dependencies.build_not_found_problem(request, "code", code, row.onet_release)
    records = dict(zip(OCCUPATION_SECTIONS, found, strict=False))
    sections = {name: [each._asdict() for each in rows] for name, rows in records.items()}
    if explain:
        rows = explanation.build_rating_rows(behind, row.onet_release)
        sections["ratings"] = [
            {**each, "published_rows": rows.get(each["element_id"])} for each in sections["ratings"]
        ]
    education = sections["education"]
    typical = [share for share in education if share.pop("is_typical")]
    body = {
        "occupation": {
            "code": row.occupation_code,
            "title": row.title,
            "description": row.description,
            "job_zone": row.job_zone,
            **dependencies.build_domain_flags(row),
        },
        "ratings": _group_by_domain(DOMAINS, sections["ratings"]),
        "characteristics": _group_by_domain(CHARACTERISTIC_DOMAINS, sections["characteristics"]),
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
        "not_loaded": dependencies.list_unloaded_subjects(row.not_loaded),
        "publication": dependencies.build_publication(row),
    }
    return json_response(request, row.build_id, body)


def _group_by_domain(
    domains: tuple[str, ...], rows: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """The rows under their domain; every domain is there, one without rows is empty."""
    grouped: dict[str, list[dict[str, Any]]] = {domain: [] for domain in domains}
    for row in rows:
        grouped[row.pop("domain")].append(row)
    return grouped

"""`/similarity/{code}`: how alike an occupation is to each of the others: a whole row of the
matrix."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import dependencies, parameters
from api.queries.transitions import SIMILARITY
from api.responses import CSV, CSV_PAIR_COLUMNS, choose_json_or_csv, csv_response, json_response
from api.schemas.similarity import SimilarityAnswer
from api.strict_route import StrictRoute

router = APIRouter(route_class=StrictRoute)

_AS_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The occupation, and all others by similarity.",
        "content": {
            CSV: {
                "schema": {"type": "string"},
                "example": "from_occupation_code,from_occupation_title,to_occupation_code,…",
            }
        },
    }
}


@router.get(
    "/similarity/{code}",
    operation_id="get_similarity",
    summary="Compare an occupation with all others",
    description="The whole row of the similarity matrix: every occupation that O*NET rates "
    "completely in skills and knowledge, most similar first. Similar is where the same is "
    "important: Pearson's correlation of importance, as `/occupations/{code}/transitions` ranks "
    "by. It is empty where the occupation itself is not rated completely.",
    response_model=SimilarityAnswer,
    responses=_AS_CSV | dependencies.problem_responses(404, 406, 422, 503),
    tags=["occupations"],
)
async def get_similarity(
    request: Request,
    code: parameters.PathCode,
    format: parameters.Format = None,  # the parameter's public name
) -> Response:
    media_type = choose_json_or_csv(request, format)
    database = dependencies.get_database(request)
    rows = dependencies.require_publication(
        await database.fetch(SIMILARITY, {"code": code}, is_long=True)
    )
    source = rows[0]
    if source.title is None:
        raise await dependencies.build_not_found_problem(request, "code", code, source.onet_release)
    if not source.is_rated_skills:
        named = code, source.title
        raise await dependencies.build_not_rated_problem(
            request, "code", named, "skills", source.onet_release
        )
    found = [
        (row.to_occupation_code, row.to_occupation_title, row.similarity)
        for row in rows
        if row.to_occupation_code is not None
    ]
    if media_type == CSV:
        header = (*CSV_PAIR_COLUMNS, "similarity", "release", "build_id")
        publication = source.onet_release, source.build_id
        lines = ((code, source.title, *row, *publication) for row in found)
        return csv_response(request, source.build_id, f"similarity_{code}.csv", header, lines)
    body = {
        "from": {"code": code, "title": source.title},
        "domains": (source.transition_domains or "").split(", "),
        "occupations": [
            dict(zip(("code", "title", "similarity"), row, strict=True)) for row in found
        ],
        "publication": dependencies.build_publication(source),
    }
    return json_response(request, source.build_id, body)

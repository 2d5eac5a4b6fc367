"""`/similarity/{code}`: how alike an occupation is to each of the others: a whole row of the matrix."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import lookups, models_similarity, parameters
from api.answers import CSV, CSV_PAIR_COLUMNS, csv_answer, json_answer, json_or_csv
from api.transition_queries import SIMILARITY

router = APIRouter(route_class=parameters.StrictRoute)

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
    response_model=models_similarity.SimilarityAnswer,
    responses=_AS_CSV | lookups.may_fail(404, 406, 422, 503),
    tags=["occupations"],
)
async def get_similarity(
    request: Request,
    code: parameters.PathCode,
    format: parameters.Format = None,  # the parameter's public name
) -> Response:
    media_type = json_or_csv(request, format)
    database = lookups.database(request)
    rows = lookups.published(await database.fetch(SIMILARITY, {"code": code}, is_long=True))
    source = rows[0]
    if source.title is None:
        raise await lookups.not_found(request, "code", code, source.onet_release)
    if not source.is_rated_skills:
        named = code, source.title
        raise await lookups.not_rated(request, "code", named, "skills", source.onet_release)
    found = [(row.to_occupation_code, row.to_occupation_title, row.similarity) for row in rows if row.to_occupation_code is not None]
    if media_type == CSV:
        header = (*CSV_PAIR_COLUMNS, "similarity", "release", "build_id")
        publication = source.onet_release, source.build_id
        lines = ((code, source.title, *row, *publication) for row in found)
        return csv_answer(request, source.build_id, f"similarity_{code}.csv", header, lines)
    body = {
        "from": {"code": code, "title": source.title},
        "domains": (source.transition_domains or "").split(", "),
        "occupations": [dict(zip(("code", "title", "similarity"), row, strict=True)) for row in found],
        "publication": lookups.publication(source),
    }
    return json_answer(request, source.build_id, body)

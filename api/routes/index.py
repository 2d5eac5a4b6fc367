"""`/`: the endpoints, or the page for a browser."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import __version__, static_files
from api.database import NoPublicationError
from api.dependencies import build_publication, get_database, problem_responses, root_path
from api.queries.publication import CURRENT_PUBLICATION
from api.responses import ATTRIBUTION, JSON, LICENSE, json_response, negotiate_media_type
from api.routes.publication import _LINKS
from api.schemas.index import IndexResponse
from api.strict_route import CachedRoute
from api.validation import parse_query

router = APIRouter(route_class=CachedRoute)
router.add_api_route("/page/{name}", static_files.get_file, include_in_schema=False)


# Not strict: the state of the page stands in its query string.
@router.get(
    "/",
    operation_id="get_index",
    summary="Get the index",
    description=(
        "The endpoints, the publication they answer from, and whose data these are. A browser,"
        " which likes HTML better, gets the page that shows gaps; what stands in its query string"
        " is the page's own affair."
    ),
    response_model=IndexResponse,
    responses=static_files.HTML_RESPONSE | problem_responses(406, 422, 503),
    tags=["service"],
)
async def get_index(request: Request) -> Response:
    if negotiate_media_type(request, JSON, static_files.HTML) == static_files.HTML:
        return static_files.get_file(request, "index.html")
    parse_query(request.scope["query_string"], [])
    try:
        rows = await get_database(request).fetch(CURRENT_PUBLICATION, {})
    except NoPublicationError:
        rows = []
    body = {
        "service": "O*NET skill gaps",
        "version": __version__,
        "links": {name: root_path(request) + path for name, path in _LINKS.items()},
        "publication": build_publication(rows[0]) if rows else None,
        "attribution": ATTRIBUTION,
        "license": LICENSE,
    }
    return json_response(request, rows[0].build_id if rows else "none", body)

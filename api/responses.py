"""How a response is written: JSON or CSV bytes, which of the two the client may have, and the
headers that let it be cached."""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from api import __version__
from api.problems import Problem
from csv_safety import escape_formula

JSON = "application/json"
CSV = "text/csv"
CSV_TYPE = "text/csv; charset=utf-8; header=present"

LICENSE = "https://creativecommons.org/licenses/by/4.0/"
ATTRIBUTION = (
    "This service includes information from the O*NET Database by the U.S. Department of Labor,"
    " Employment and Training Administration (USDOL/ETA), used under the CC BY 4.0 license. O*NET"
    " is a trademark of USDOL/ETA. The information has been modified: gaps between occupations,"
    " their uncertainty and their flags are derived from it here. USDOL/ETA has not approved,"
    " endorsed or tested these modifications."
)

_OPTIONS = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z
_ENTITY_TAG = re.compile(r'"[^"]*"')
_QVALUE = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


CSV_PAIR_COLUMNS = (
    "from_occupation_code",
    "from_occupation_title",
    "to_occupation_code",
    "to_occupation_title",
)
"""What rows about a pair begin with as CSV."""

POST_HEADERS = {
    "Cache-Control": "no-store",
    "Vary": "Accept, Accept-Encoding",
    "Link": f'<{LICENSE}>; rel="license"',
}
"""Of a response to a POST, which no cache may keep."""


def encode_json(body: Any) -> bytes:
    """The body as JSON. Times are naive UTC and end in Z."""
    return orjson.dumps(body, option=_OPTIONS)


def encode_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """RFC 4180: CRLF, quotes where needed, null is empty."""
    return encode_csv_rows([header]) + encode_csv_rows(rows)


def encode_csv_rows(rows: Iterable[Sequence[Any]]) -> bytes:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([escape_formula(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8")


def get_header(scope: Scope, key: bytes) -> bytes:
    """A header as one text however often it was sent; empty where it was not."""
    return b", ".join([value for name, value in scope["headers"] if name == key])


def negotiate_media_type(request: Request, *offers: str) -> str:
    """The offered media type that the Accept header likes best, the first offered at a tie. Raises
    a 406 problem where it likes none."""
    accept = get_header(request.scope, b"accept").decode("latin-1")
    chosen = (
        _choose_common_media_type
        if len(accept) <= _MAX_COMMON_HEADER_LENGTH
        else _choose_media_type
    )(accept, offers)
    if chosen is None:
        raise Problem(
            "not-acceptable",
            f"Accept: this address writes {' and '.join(offers)}.",
            {"available": list(offers)},
            {"Vary": "Accept"},
        )
    return chosen


def choose_json_or_csv(request: Request, format: str | None) -> str:
    """The media type that the parameter names; where it names none, the one that the Accept header
    likes best."""
    return (
        {"json": JSON, "csv": CSV}[format] if format else negotiate_media_type(request, JSON, CSV)
    )


def _choose_media_type(accept: str, offers: tuple[str, ...]) -> str | None:
    if not accept.strip():
        return offers[0]
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                quality = float(value) if _QVALUE.fullmatch(value.strip()) else 0.0
        ranges[media_range] = max(quality, ranges.get(media_range, 0.0))

    def weigh(offer: str) -> float:
        # The most specific range that covers the offer decides, even where it says q=0.
        for media_range in (offer, offer.split("/")[0] + "/*", "*/*"):
            if media_range in ranges:
                return ranges[media_range]
        return 0.0

    best = max(offers, key=weigh)
    return best if weigh(best) > 0 else None


_MAX_COMMON_HEADER_LENGTH = 256
"""Of a header that is worth remembering; a browser's has half of that. One of 100 kB is not, and
costs its reading each time."""
_choose_common_media_type = lru_cache(maxsize=256)(_choose_media_type)


@lru_cache(maxsize=64)
def make_entity_tag(build_id: str, media_type: str) -> str:
    """Strong: the same build, API version and media type give the same bytes at the same
    address."""
    return f'"{hashlib.sha256(f"{build_id} {__version__} {media_type}".encode()).hexdigest()[:32]}"'


def build_data_headers(build_id: str, media_type: str) -> dict[str, str]:
    """The headers of every response with data in it: to be kept, but asked about again; and whose
    data they are."""
    return {
        "ETag": make_entity_tag(build_id, media_type),
        "Vary": "Accept, Accept-Encoding",
        "Cache-Control": "public, no-cache",
        "Link": f'<{LICENSE}>; rel="license"',
    }


def respond_not_modified(request: Request, headers: dict[str, str]) -> Response | None:
    """304, where the client has what a 200 would bring; to be asked only once it is sure that the
    response would be one."""
    if matches_entity_tag(
        headers["ETag"], get_header(request.scope, b"if-none-match").decode("latin-1")
    ):
        return Response(status_code=304, headers=headers)
    return None


def matches_entity_tag(entity_tag: str, if_none_match: str) -> bool:
    """Whether the client says that it has the response of this tag. Tags are compared weakly (RFC
    9110)."""
    return if_none_match.strip() == "*" or entity_tag in _ENTITY_TAG.findall(if_none_match)


class BuildResponse(Response):
    """200 with data of one build. response_cache.py may keep it for as long as that is
    published."""

    build_id: str


class JSONDataResponse(BuildResponse):
    """200 with JSON, whose headers are the same for all of a build but for the length."""

    def __init__(self, build_id: str, body: bytes, links: str = "") -> None:
        self.status_code = 200
        self.background = None
        self.build_id = build_id
        self.body = body
        before, after = _encode_data_headers(build_id)
        self.raw_headers = [*before, (b"content-length", str(len(body)).encode()), *after]
        if links:
            self.raw_headers.append((b"link", links.encode()))


@lru_cache(maxsize=64)
def _encode_data_headers(
    build_id: str,
) -> tuple[list[tuple[bytes, bytes]], list[tuple[bytes, bytes]]]:
    """What stands before the length and after it."""
    headers = build_data_headers(build_id, JSON)
    before = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return before, [(b"content-type", JSON.encode())]


def json_response(request: Request, build_id: str, body: Any, links: str = "") -> Response:
    """200 with the body as JSON, or 304. `links`: of the header Link, beside the licence."""
    known = get_header(request.scope, b"if-none-match").decode("latin-1")
    if known and matches_entity_tag(make_entity_tag(build_id, JSON), known):
        unchanged = Response(status_code=304, headers=build_data_headers(build_id, JSON))
        if links:
            unchanged.raw_headers.append((b"link", links.encode()))
        return unchanged
    return JSONDataResponse(build_id, encode_json(body), links)


def csv_response(
    request: Request,
    build_id: str,
    filename: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> Response:
    """200 with the rows as CSV, to be saved under the file name, or 304."""
    headers = build_data_headers(build_id, CSV) | {
        "Content-Disposition": f'attachment; filename="{filename}"'
    }
    if unchanged := respond_not_modified(request, headers):
        return unchanged
    response = BuildResponse(encode_csv(columns, rows), headers=headers, media_type=CSV_TYPE)
    response.build_id = build_id
    return response

"""The page at `/`: static files of `static/`, read once, with a policy that lets it run its own
modules and nothing else.

It has no data in it and asks the public endpoints like anyone else.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from api.compression import CODING, Coding, compress
from api.problems import Problem
from api.responses import respond_not_modified

HTML = "text/html"
HTML_RESPONSE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The index, or the page.",
        "content": {HTML: {"schema": {"type": "string"}, "example": "<!doctype html>…"}},
    }
}

# Nothing inline, nothing from elsewhere, and (trusted types) no way from a text to HTML: the
# browser itself refuses `innerHTML`.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for"
    " 'script'; trusted-types 'none'"
)

_MEDIA_TYPES = {
    ".html": HTML,
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


class _File(NamedTuple):
    body: bytes
    headers: dict[str, str]


def _read_file(path: Path) -> _File:
    body = path.read_bytes()
    headers = {
        "Content-Type": f"{_MEDIA_TYPES[path.suffix]}; charset=utf-8",
        # kept, and asked about again: a new version of the service is seen at once
        "Cache-Control": "public, no-cache",
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Vary": "Accept-Encoding",
    }
    if path.suffix == ".html":
        headers |= {"Content-Security-Policy": PAGE_POLICY, "Vary": "Accept, Accept-Encoding"}
    return _File(body, headers)


FILES = {
    path.name: _read_file(path) for path in sorted((Path(__file__).parent / "static").iterdir())
}


def get_file(request: Request, name: str) -> Response:
    """200 with a file of the page, or 304. Raises a 404 problem where there is none of that
    name."""
    if name not in FILES:
        raise Problem("not-found", "There is no such file of the page.")
    body, headers = FILES[name]
    if unchanged := respond_not_modified(request, headers):
        return unchanged
    coding = request.scope.get(CODING)
    if coding is None:
        return Response(body, headers=headers)
    return Response(_encode(name, coding), headers=headers | {"Content-Encoding": coding})


@lru_cache(maxsize=256)
def _encode(name: str, coding: Coding) -> bytes:
    """A file in a coding, once it is asked for in it."""
    return compress(FILES[name].body, coding)

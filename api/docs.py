"""Pages for people: /docs, where requests can be tried, and the dbt docs under /schema.

/docs is Swagger UI, from the package that it is installed with, under a policy that lets it run its
own files and fetch nothing from elsewhere: it works offline.
"""

import hashlib
from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from api.problems import Problem
from api.responses import respond_not_modified
from api.static_files import HTML

# Swagger UI draws its arrows from addresses with the picture inside.
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'"
    " data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

# dbt's page is one script with its styles and images inside; it may load its own files and nothing
# from anywhere else.
SCHEMA_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src"
    " 'self' 'unsafe-inline'; frame-ancestors 'none'"
)


_PACKAGE = "drf_spectacular_sidecar"
"""Its files are served. It is not imported: that would ask for Django."""
_INSTALLED = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "LICENSE": "text/plain",
}
_OWN = {"index.html": "text/html", "viewer.js": "text/javascript", "viewer.css": "text/css"}


class _File(NamedTuple):
    body: bytes
    headers: dict[str, str]


@lru_cache(maxsize=len(_OWN | _INSTALLED))
def _read(name: str) -> _File:
    """A file of the viewer. Once it is asked for: the start waits for none of them."""
    if name in _OWN:
        folder = Path(__file__).parent / "viewer"
    else:
        folder = (
            Path(str(distribution(_PACKAGE).locate_file(_PACKAGE)))
            / "static"
            / _PACKAGE
            / "swagger-ui-dist"
        )
    body = (folder / name).read_bytes()
    headers = {
        "Content-Type": f"{(_OWN | _INSTALLED)[name]}; charset=utf-8",
        "Cache-Control": "public, no-cache",
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Content-Security-Policy": DOCS_POLICY,
    }
    return _File(body, headers)


async def docs_file(request: Request, name: str) -> Response:
    """A file of /docs. Raises a 404 problem where there is none of that name."""
    if name not in _OWN | _INSTALLED:
        raise Problem("not-found", "There is no such file of the documentation.")
    body, headers = _read(name)
    return respond_not_modified(request, headers) or Response(body, headers=headers)


async def render_docs(request: Request) -> Response:
    """/docs itself."""
    return await docs_file(request, "index.html")


_NOT_MADE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tables and columns: not made yet</title>
</head>
<body>
<main>
<h1>Tables and columns: not made yet</h1>
<p>This page shows what every table and column means, and how each is made.
It has not been made for this service.</p>
<p>Whoever runs the service makes it with <code>make docs</code>, or with
<code>python -m dbt_onet docs</code>. Then load this page again; the service needs no restart.</p>
</main>
</body>
</html>
"""


class SchemaDocs:
    """The dbt docs of a directory, looked for at each request: docs made while the service runs
    appear by themselves."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._files = StaticFiles(directory=directory, html=True, check_dir=False)

    async def page(self, request: Request) -> Response:
        """/schema and everything below it."""
        if not (self._directory / "index.html").is_file():
            # a person; programs name no page, or anything
            if HTML in request.headers.get("accept", ""):
                return HTMLResponse(
                    _NOT_MADE, status_code=404, headers={"Cache-Control": "no-store"}
                )
            raise Problem(
                "docs-not-made", "The dbt docs have not been generated yet: `make docs` makes them."
            )
        path = request.path_params.get("path")
        if path is None:  # the page's own links are relative to /schema/
            return RedirectResponse("schema/", status_code=308)
        response = await self._files.get_response(path or ".", request.scope)
        response.headers["Content-Security-Policy"] = SCHEMA_POLICY
        return response

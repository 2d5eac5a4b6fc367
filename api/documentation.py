"""Pages for people: /docs, and the dbt docs under /schema.

/docs is written here from the OpenAPI description, without script and without anything fetched from elsewhere: it works offline.
"""

import base64
import hashlib
import json
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from api.problems import Problem
from api.schema_missing import missing_page

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff }
h2 { margin-top: 2.5rem; border-top: 1px solid #bbb; padding-top: 1rem } code, pre { font: 14px/1.45 ui-monospace, monospace }
pre { background: #f4f4f4; padding: .8rem; overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #ddd }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #161616 } pre { background: #262626 } a { color: #8ab4f8 } }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
DOCS_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

# dbt's page is one script with its styles and images inside; it may load its own files and nothing from anywhere else.
SCHEMA_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'"
)


def docs_page(openapi: dict[str, Any]) -> str:
    """The OpenAPI description as one HTML page."""
    info = openapi["info"]
    operations = [(path, method, operation) for path, item in openapi["paths"].items() for method, operation in item.items()]
    contents = "".join(
        f'<li><a href="#{_anchor(path, method)}"><code>{_name(path, method)}</code></a> {escape(operation["summary"])}</li>'
        for path, method, operation in operations
    )
    sections = "".join(_section(path, method, operation, openapi["components"]["schemas"]) for path, method, operation in operations)
    schemes = openapi["components"].get("securitySchemes", {}).values()
    keys = (
        f"<p>Needs a key, unless it says otherwise: {_prose(' Or '.join(each['description'] for each in schemes))}</p>" if schemes else ""
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(info['title'])}</title><style>{_STYLE}</style></head><body><h1>{escape(info['title'])}</h1>"
        f'<p>{_prose(info["description"])}</p>{keys}<p>Version {escape(info["version"])} · <a href="openapi.json">openapi.json</a> · '
        f'<a href="schema/">tables and columns</a></p><ul>{contents}</ul>{sections}</body></html>'
    )


def _anchor(path: str, method: str) -> str:
    name = path.strip("/").replace("/", "-").replace("{", "").replace("}", "") or "index"
    return escape(name if method == "get" else f"{method}-{name}")


def _name(path: str, method: str) -> str:
    return escape(path if method == "get" else f"{method.upper()} {path}")


def _prose(text: str) -> str:
    """Escaped text; `code` and paragraphs are all the markdown that the descriptions use."""
    pieces = escape(text).split("`")
    marked = "".join(f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces))
    return marked.replace("\n\n", "</p><p>")


def _section(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    parameters = operation.get("parameters", [])
    rows = "".join(
        f"<tr><td><code>{escape(each['name'])}</code></td><td>{_form(each)}</td><td>{_prose(each['description'])}</td></tr>"
        for each in parameters
    )
    table = f"<table><tr><th>Parameter</th><th>Accepts</th><th>Meaning</th></tr>{rows}</table>" if rows else ""
    answers = "".join(_answer(status, answer, schemas) for status, answer in operation["responses"].items())
    address = escape(_example_address(path, parameters))
    link = f'<a href="{address}"><code>{address}</code></a>' if method == "get" else f"<code>{address}</code> with"
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    is_open = "<p>Needs no key.</p>" if operation.get("security") == [] else ""
    heading = f'<h2 id="{_anchor(path, method)}"><code>{method.upper()} {escape(path)}</code></h2>'
    return (
        f"{heading}<p><strong>{escape(operation['summary'])}.</strong> {_prose(operation['description'])}</p>{is_open}{table}"
        f"<p>Try: {link}</p>{_examples(body, schemas)}{answers}"
    )


def _form(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    schema = {**next((each for each in schema.get("anyOf", []) if each.get("type") != "null"), {}), **schema}
    facts = [" | ".join(schema["enum"]) if "enum" in schema else schema.get("type", "")]
    facts += [
        f"{word} {schema[key]}"
        for key, word in (("minimum", "from"), ("maximum", "to"), ("maxLength", "at most, characters:"))
        if key in schema
    ]
    facts.append(
        "required" if parameter["required"] else f"default {json.dumps(schema['default'])}" if schema.get("default") is not None else ""
    )
    return escape(", ".join(fact for fact in facts if fact))


def _example_address(path: str, parameters: list[dict[str, Any]]) -> str:
    query = {}
    for each in parameters:
        example = each["schema"]["examples"][0]
        if each["in"] == "path":
            path = path.replace("{" + each["name"] + "}", str(example))
        elif each["required"] or each["name"] == "q":
            query[each["name"]] = example
    # Relative to the page, so that it holds behind a proxy that serves this under a path of its own.
    return (path.lstrip("/") or "./") + ("?" + urlencode(query) if query else "")


def _answer(status: str, answer: dict[str, Any], schemas: dict[str, Any]) -> str:
    text = f"<p><code>{escape(status)}</code> {_prose(answer['description'])}</p>"
    return text + _examples(answer.get("content", {}).get("application/json", {}).get("schema", {}), schemas)


def _examples(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    examples = schemas.get(schema.get("$ref", "").rpartition("/")[2], {}).get("examples", [])
    return "".join(f"<pre>{escape(json.dumps(example, indent=2, ensure_ascii=False))}</pre>" for example in examples)


class SchemaDocs:
    """The dbt docs of a directory, looked for at each request: docs made while the service runs appear by themselves."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._files = StaticFiles(directory=directory, html=True, check_dir=False)

    async def page(self, request: Request) -> Response:
        """/schema and everything below it."""
        if not (self._directory / "index.html").is_file():
            if "text/html" in request.headers.get("accept", ""):
                return missing_page(request.scope.get("root_path", "") + "/docs")
            raise Problem("docs-not-made", "The dbt docs have not been generated yet: `make docs` makes them.")
        path = request.path_params.get("path")
        if path is None:  # the page's own links are relative to /schema/
            return RedirectResponse("schema/", status_code=308)
        response = await self._files.get_response(path or ".", request.scope)
        response.headers["Content-Security-Policy"] = SCHEMA_POLICY
        return response

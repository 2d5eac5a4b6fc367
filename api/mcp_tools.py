"""The tools for agents: each is one GET of the API under a name of its own, with that operation's
parameters, words and shape.

Nothing is computed or worded here. A tool sends its arguments through the whole application, as a
client would: the same checks, the same statements, the same errors. Only what a client reads
elsewhere is added to each result: the licence, whose data these are, and how to read its
uncertainty.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import httpx2
import orjson
from fastapi import FastAPI

from api.problems import Problem, problem_body
from api.responses import ATTRIBUTION, JSON, LICENSE
from api.validation import build_parameter_problem, parse_query

DEFAULT_MAX_ITEMS, MAX_ITEMS = 20, 1000
_ELSEWHERE = frozenset({"format"})  # results are JSON
_FORWARDED = ("authorization", "x-api-key", "x-request-id")
_REF = "#/components/schemas/"
_UNREAD = frozenset({"examples", "title"})
"""Of a schema: what an agent pays for and learns nothing from."""


class Tool(NamedTuple):
    """One tool; `significance` says how to read the uncertainty of its results."""

    name: str
    path: str
    significance: str
    has_max_items: bool = False


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "search_occupations",
            "/occupations",
            "These are names and codes, without error. `is_rated` says in which domains an"
            " occupation has levels to compare.",
        ),
        Tool(
            "get_occupation",
            "/occupations/{code}",
            "Levels and importance are means over raters. With `is_suppress_recommended` 1, O*NET"
            " itself calls a rating too imprecise. Compare two occupations by compare_occupations"
            " or skill_gap, which know the errors, and not by these figures. `explain` gives the"
            " published row (file, line, standard error) behind each.",
            has_max_items=True,
        ),
        Tool(
            "compare_occupations",
            "/compare",
            "`verdict` decides: only `clearly_higher` is more than the raters' disagreement"
            " explains (95 %). Never tell `too_close_to_tell` or `higher_without_error` as a"
            " difference. `explain` gives the published rows (file and line) behind each figure.",
        ),
        Tool(
            "skill_gap",
            "/skill-gap",
            "`is_significant` 1: the gap is more than the raters' disagreement explains (95 %, one"
            " element at a time). 0: it may be chance. null: O*NET publishes no error. `explain`"
            " gives the published rows (file and line) behind each figure.",
        ),
        Tool(
            "technology_gap",
            "/technology-gap",
            "O*NET publishes no error for technologies: they are listed for an occupation or they"
            " are not. `is_in_demand` and `is_hot_technology` say how often employers' postings ask"
            " for one.",
            has_max_items=True,
        ),
        Tool(
            "career_transitions",
            "/occupations/{code}/transitions",
            "Figures of a move are sums over elements whose ratings have errors. `skill_gap` of the"
            " same two occupations says which single gaps are significant, and with `explain` from"
            " which published rows they come.",
        ),
    )
}


class Operation(NamedTuple):
    """A tool as its client sees it."""

    tool: Tool
    title: str
    description: str
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]


def operations(openapi: Mapping[str, Any]) -> list[Operation]:
    """Every tool, described by the API's own description."""
    schemas = openapi["components"]["schemas"]
    return [
        _operation(tool, openapi["paths"][tool.path]["get"], schemas) for tool in TOOLS.values()
    ]


def _operation(tool: Tool, described: Mapping[str, Any], schemas: Mapping[str, Any]) -> Operation:
    offered = [each for each in described.get("parameters", []) if each["name"] not in _ELSEWHERE]
    properties = {
        each["name"]: _bare(each["schema"]) | {"description": each["description"]}
        for each in offered
    }
    if tool.has_max_items:
        properties["max_items"] = {
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_ITEMS,
            "default": DEFAULT_MAX_ITEMS,
            "description": (
                "Of each list so many, the first ones; `omitted` of the result counts the others."
            ),
        }
    takes = {
        "type": "object",
        "properties": properties,
        "required": [each["name"] for each in offered if each["required"]],
        "additionalProperties": False,
    }
    description = f"{described['summary']}. {described['description']} {tool.significance}"
    return Operation(
        tool, described["summary"], description, takes, _output_schema(tool, described, schemas)
    )


def _output_schema(
    tool: Tool, described: Mapping[str, Any], schemas: Mapping[str, Any]
) -> dict[str, Any]:
    """The shape of the operation's response, with what it refers to inside, and what is added
    here."""
    name = described["responses"]["200"]["content"][JSON]["schema"]["$ref"].removeprefix(_REF)
    reached: dict[str, Any] = {}
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in reached:
            reached[each] = _bare(schemas[each])
            waiting += _references(schemas[each])
    shape = reached.pop(name)
    added = {
        "license": {"type": "string", "description": "Address of the licence of the data."},
        "attribution": {
            "type": "string",
            "description": "Whose data these are, and what was done to them; tell it with them.",
        },
        "significance": {
            "type": "string",
            "description": "How to read the uncertainty of this result.",
        },
    }
    shape = {
        **shape,
        "properties": shape["properties"] | added,
        "required": [*shape["required"], *added],
        "$defs": reached,
    }
    if tool.has_max_items:
        counts = {"type": "object", "additionalProperties": {"type": "integer"}}
        shape["properties"]["omitted"] = counts | {
            "description": "How many items each list has beyond `max_items`."
        }
    return shape


def _references(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        own = [schema["$ref"].removeprefix(_REF)] if isinstance(schema.get("$ref"), str) else []
        return own + [name for each in schema.values() for name in _references(each)]
    return (
        [name for each in schema for name in _references(each)] if isinstance(schema, list) else []
    )


def _bare(schema: Any) -> Any:
    """With the references of a schema that stands alone, and without what nobody reads. Names of
    properties stay."""
    if isinstance(schema, list):
        return [_bare(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    bare = {}
    for key, value in schema.items():
        if key == "properties":
            bare[key] = {name: _bare(each) for name, each in value.items()}
        elif key == "$ref":
            bare[key] = value.replace(_REF, "#/$defs/")
        elif key not in _UNREAD:
            bare[key] = _bare(value)
    return bare


async def call(
    app: FastAPI,
    operation: Operation,
    arguments: Mapping[str, Any],
    headers: Mapping[str, str],
    root_path: str = "",
) -> tuple[bool, dict[str, Any]]:
    """Whether the API answered, and what: its response with what is added here, or its problem.

    Args:
        app: the application to ask.
        operation: which of its operations.
        arguments: as the agent gave them.
        headers: of the request that brought them; the key and the request id go on to the
            application.
        root_path: the path that a proxy puts before the application's own.
    """
    try:
        path, query, max_items = _address(operation, arguments)
    except Problem as problem:
        return False, orjson.loads(
            problem_body(problem, headers.get("x-request-id", "none"), root_path=root_path)
        )
    sent = {name: headers[name] for name in _FORWARDED if name in headers} | {"accept": JSON}
    transport = httpx2.ASGITransport(app=app, root_path=root_path)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        response = await client.get(path, params=query, headers=sent)
    body: dict[str, Any] = orjson.loads(response.content)
    if response.status_code != 200:
        return False, body
    if max_items is not None:
        omitted: dict[str, int] = {}
        body = _first(body, max_items, omitted)
        body["omitted"] = omitted
    return True, {
        **body,
        "license": LICENSE,
        "attribution": ATTRIBUTION,
        "significance": operation.tool.significance,
    }


def _address(
    operation: Operation, arguments: Mapping[str, Any]
) -> tuple[str, dict[str, str], int | None]:
    """Path, query and `max_items`. Raises a problem in the API's own words."""
    given = {name: _text(value) for name, value in arguments.items() if value is not None}
    # refuses what is not known
    parse_query(urlencode(given).encode(), list(operation.input_schema["properties"]))
    max_items = None
    if operation.tool.has_max_items:
        said = given.pop("max_items", str(DEFAULT_MAX_ITEMS))
        if not (
            said.isascii()
            and said.isdecimal()
            and 1 <= int(said[:9]) <= MAX_ITEMS
            and len(said) < 9
        ):
            raise build_parameter_problem(
                [
                    {
                        "parameter": "max_items",
                        "detail": f"must be a whole number from 1 to {MAX_ITEMS}",
                    }
                ]
            )
        max_items = int(said)
    path = operation.tool.path
    if "{code}" in path:
        if not given.get("code", "").strip(" ./"):
            raise build_parameter_problem([{"parameter": "code", "detail": "is required"}])
        path = path.replace("{code}", quote(given.pop("code"), safe=""))
    return path, given, max_items


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _first(body: Any, max_items: int, omitted: dict[str, int], way: str = "") -> Any:
    """The body with the first items of each of its lists; `omitted` gets how many others there are,
    by the way to the list."""
    if isinstance(body, dict):
        return {
            name: _first(each, max_items, omitted, f"{way}.{name}" if way else name)
            for name, each in body.items()
        }
    if not isinstance(body, list):
        return body
    if len(body) > max_items:
        omitted[way] = len(body) - max_items
    return body[:max_items]

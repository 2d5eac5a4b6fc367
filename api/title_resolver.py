"""Titles in the place of codes: `from=Registered Nurses` is read as the code of the one occupation
that goes by that title."""

import re

from starlette.requests import Request

from api import code_resolver, dependencies
from api.occupation_search import build_search_statement, strip_invisible
from api.problems import Problem
from api.queries.occupations import OCCUPATIONS_BY_TITLE

PARAMETERS = ("from", "to")
_CODE = re.compile(r"[0-9.-]{7,10}")
TITLE_SUBJECTS = ("alternate_titles", "reported_titles")
MAX_TITLE_LENGTH = 250
"""Of any title that O*NET publishes; what is longer is left to the parameter's own rule to
refuse."""


def is_title(value: str) -> bool:
    """Whether a text is meant as a title: it has a letter, and does not begin as a code does."""
    if _CODE.fullmatch(value):  # as nearly all are
        return False
    return (
        len(value) <= MAX_TITLE_LENGTH
        and any(character.isalpha() for character in value)
        and not re.match(r"\s*[0-9]{2}-", value)
    )


async def resolve_titles(request: Request, params: dict[str, str]) -> dict[str, str]:
    """The parameters, with the code in the place of each title in `from` and `to`; the same where
    there is none.

    Raises a 404 problem where no occupation goes by the title, and a 422 problem with the
    candidates where several do, unless it is O*NET's own title of one of them.
    """
    names = [name for name in PARAMETERS if name in params and is_title(params[name])]
    return (
        params | {name: await _resolve_title(request, name, params[name]) for name in names}
        if names
        else params
    )


async def _resolve_title(request: Request, parameter: str, value: str) -> str:
    if foreign := code_resolver.parse_foreign_code(value):
        return await code_resolver.resolve_code(request, parameter, value, *foreign)
    sought = " ".join(strip_invisible(value.lower()).split())
    rows = dependencies.require_publication(
        await dependencies.get_database(request).fetch(OCCUPATIONS_BY_TITLE, {"sought": sought})
    )
    release = rows[0].onet_release
    if rows[0].occupation_code is None:
        missing = [
            each.replace("_", " ")
            for each in dependencies.list_unloaded_subjects(rows[0].not_loaded)
            if each in TITLE_SUBJECTS
        ]
        unless = (
            f", as far as can be told here: {' and '.join(missing)} are not loaded"
            if missing
            else ""
        )
        detail = f"{parameter}: no occupation of O*NET {release} goes by the title {value}{unless}."
        raise Problem(
            "occupation-not-found",
            detail,
            {
                "parameter": parameter,
                "value": value,
                "near": await _suggest_occupations(request, sought),
            },
        )
    own = [row for row in rows if row.is_title]
    chosen = own or rows
    if len(chosen) > 1:
        detail = (
            f"{parameter}: {len(chosen)} occupations of O*NET {release} go by the title {value};"
            " give the code of one."
        )
        candidates = [{"code": row.occupation_code, "title": row.title} for row in chosen]
        raise Problem(
            "occupation-ambiguous",
            detail,
            {"parameter": parameter, "value": value, "candidates": candidates},
        )
    return str(chosen[0].occupation_code)


async def _suggest_occupations(request: Request, sought: str) -> list[dict[str, str]]:
    """Occupations with a title that contains what was sought."""
    statement, params = build_search_statement(sought)
    rows = await dependencies.get_database(request).fetch(
        statement, params | {"limit": 5, "offset": 0}, is_long=True
    )
    return [
        {"code": row.occupation_code, "title": row.title}
        for row in rows
        if row.occupation_code is not None
    ]

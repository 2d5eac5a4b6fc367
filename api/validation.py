"""Errors in parameters: which ones, and what is accepted instead."""

from collections import Counter
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl

from fastapi.exceptions import RequestValidationError

from api import title_resolver
from api.parameters import CODE_FORM, CODE_OR_TITLE_FORM, PROFILE_FORM
from api.problems import Problem

MAX_ERRORS = 25
# What a parameter's own rule says when it is broken, where pydantic's words would not tell the
# reader what to write.
_ACCEPTED_FORMS = {
    "from": CODE_OR_TITLE_FORM,
    "to": CODE_OR_TITLE_FORM,
    "code": CODE_FORM,
    "significant": "true or false",
}
_ACCEPTED_FORMS |= dict.fromkeys(("hot", "in_demand", "explain"), "true or false")


def _parse_pairs(query_string: bytes) -> list[tuple[str, str]]:
    """Names and values as the framework reads them; at once where nothing is escaped, as in nearly
    all of them."""
    text = query_string.decode("latin-1")
    if "%" in text or "+" in text:
        return parse_qsl(text, keep_blank_values=True)
    return [
        (name, value)
        for name, _, value in (piece.partition("=") for piece in text.split("&") if piece)
    ]


def parse_query(query_string: bytes, known: Collection[str]) -> dict[str, str]:
    """The parameters. Raises a 422 problem that names each one that is not known or given twice."""
    pairs = _parse_pairs(query_string)
    given = dict(pairs)
    if len(given) == len(pairs) and all(name in known for name in given):
        return given
    times = Counter(name for name, _ in pairs)
    accepted = (
        f"the parameters here are {', '.join(known)}" if known else "there are no parameters here"
    )
    errors = [
        {"parameter": name[:100], "detail": f"is not known; {accepted}"}
        for name in times
        if name not in known
    ]
    errors += [
        {"parameter": name, "detail": "may be given once only"}
        for name, count in times.items()
        if name in known and count > 1
    ]
    raise build_parameter_problem(errors)


def build_parameter_problem(errors: list[dict[str, str]]) -> Problem:
    """The 422 problem that names each parameter, up to a number: a response must not grow as a
    senseless question does."""
    shown = errors[:MAX_ERRORS]
    more = f"; and {len(errors) - len(shown)} more" if len(errors) > len(shown) else ""
    words = "; ".join(f"{error['parameter']}: {error['detail']}" for error in shown)
    return Problem("invalid-parameter", f"{words}{more}.", {"errors": shown})


def _locate_error(found: dict[str, Any]) -> str:
    """The parameter that an error is in; in a body, the way to it."""
    where, *way = found["loc"]
    if found["type"] == "json_invalid" or not way:
        return str(where)
    return (
        ".".join(str(part) for part in way if part != "[key]")[:100]
        if where == "body"
        else str(way[0])
    )


def build_validation_problem(error: RequestValidationError) -> Problem:
    """The 422 problem of what FastAPI found. Each parameter once, with what is accepted there;
    never the whole of what was sent."""
    errors: dict[str, str] = {}
    for found in error.errors():
        name = _locate_error(found)
        if found["type"] == "missing":
            detail = (
                f"is required: {_ACCEPTED_FORMS[name]}"
                if name in _ACCEPTED_FORMS
                else "is required"
            )
        elif name in _ACCEPTED_FORMS:
            detail = f"must be {_ACCEPTED_FORMS[name]}"
        elif found["type"] == "json_invalid":
            detail = "must be JSON"
        elif name.startswith("profile."):
            detail = f"must be {PROFILE_FORM}"
        elif name.rpartition(".")[2] in title_resolver.PARAMETERS:  # of a pair of a body
            detail = f"must be {CODE_FORM}"
        else:
            message = found["msg"].removeprefix("Value error, ")
            detail = message[:1].lower() + message[1:]
        errors.setdefault(name, detail)
    return build_parameter_problem(
        [{"parameter": name, "detail": detail} for name, detail in errors.items()]
    )

"""SQL functions that the published views and the API's statements need and a SQLite library may
lack.

A package of its own because two use it that may not import each other: the publication, which tries
each view before it goes live, and the API, which reads them.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable

FUNCTIONS: dict[str, tuple[int, Callable[..., str | float | None], str]] = {
    # `sqrt` and `floor` are there where the library was built with SQLITE_ENABLE_MATH_FUNCTIONS
    "sqrt": (1, lambda x: None if x is None or x < 0 else math.sqrt(x), "select sqrt(4)"),
    "floor": (1, lambda x: None if x is None else math.floor(x), "select floor(4)"),
    # since SQLite 3.44
    "concat": (-1, lambda *texts: "".join(map(_text, texts)), "select concat('a', 'b')"),
    # MySQL's and DuckDB's name of `length`
    "char_length": (1, lambda x: None if x is None else len(_text(x)), "select char_length('a')"),
    # SQLite's own knows the 26 letters of ASCII
    "lower": (1, lambda x: None if x is None else _text(x).lower(), ""),
}
"""Name → number of arguments (-1: any), what it does, a statement that fails where it is absent."""


def register(connection: sqlite3.Connection) -> None:
    """Gives the connection what its library lacks; a function that it has stays the library's."""
    for name, (arguments, function, statement) in FUNCTIONS.items():
        if not (statement and _has(connection, statement)):
            connection.create_function(name, arguments, function, deterministic=True)


def _has(connection: sqlite3.Connection, statement: str) -> bool:
    try:
        connection.execute(statement)
    except sqlite3.OperationalError:
        return False
    return True


def _text(value: object) -> str:
    return "" if value is None else str(value)

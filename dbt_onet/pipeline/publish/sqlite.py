"""The SQLite file of a publication: the same tables and views as its DuckDB file, for the API and
for any tool.

A pair is a look-up, and SQLite plans and answers one in a fraction of the time that DuckDB plans it
in. Any version of any tool opens the file; a DuckDB file wants the version that wrote it, or a
newer one. There is one namespace: a table or view goes by its plain name.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from dbt_onet.pipeline.publish.plan import Plan, Table, live_view_sql
from sqlite_functions import register

SUFFIX = ".sqlite"
APPLICATION_ID = int.from_bytes(b"ONET", "big")
LAYOUT = 1
"""`user_version` of the file; another number where a reader of this one would not understand it."""


class Source(Protocol):
    """Runs a statement on the build: a connection of DuckDB."""

    def execute(self, query: str) -> Source: ...
    def fetchall(self) -> list[tuple[object, ...]]: ...


def write(
    path: Path,
    plan: Plan,
    source: Source,
    schema: str,
    stamps: tuple[datetime, int, int],
) -> None:
    """Makes the file, whole; whoever calls syncs it, and removes it where this raises.

    Args:
        path: of the file, which is not there yet.
        plan: what to publish.
        source: to read the build's tables from.
        schema: of these tables, as it stands in a statement.
        stamps: when the publication goes live, how many tests passed and warned.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        register(connection)
        # Nobody reads it yet and a failure removes it: nothing to roll back to, nothing to sync.
        for pragma in ("journal_mode = off", "synchronous = off", "locking_mode = exclusive"):
            connection.execute(f"pragma {pragma}")
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        connection.execute(f"pragma user_version = {LAYOUT}")
        connection.execute("begin")
        for table in plan.tables:
            connection.execute(create_table_sql(table))
            places = ", ".join("?" * len(table.columns))
            connection.executemany(
                f'insert into "{table.name}" values ({places})',  # noqa: S608
                source.execute(_select_sql(table, schema)).fetchall(),
            )
            if "occupation_code" in _referring(table) - {table.primary_key[0]}:
                index = f'"{table.name}_by_occupation" on "{table.name}" (occupation_code)'
                connection.execute(f"create index {index}")
        connection.execute(
            "update publication set published_at = ?, passed_test_count = ?, warned_test_count = ?",
            (_text(stamps[0]), *stamps[1:]),
        )
        published = [each.name for each in plan.tables] + [each.name for each in plan.views]
        names = {name: f'"{name}"' for name in published}
        for view in plan.views:
            connection.execute(
                f'create view "{view.name}" as {_view_sql(live_view_sql(view, names))}'
            )
            connection.execute(f'select * from "{view.name}" limit 0')  # noqa: S608  # can be read
        connection.execute("analyze")
        connection.execute("commit")
        connection.execute("pragma journal_mode = delete")


def _view_sql(sql: str) -> str:
    """The text with `real` for decimals. These are no type to SQLite but a leave to store 3.0 as 3,
    which it takes wherever it sets a view's rows aside: a column would be now a float and now an
    integer."""
    return re.sub(r"\bas decimal\(\d+, ?\d+\)", "as real", sql)


def create_table_sql(table: Table) -> str:
    """The table with its keys. Rows lie in the order of the primary key, without another number."""
    lines = []
    for column in table.columns:
        null = "" if column.nullable else " not null"
        lines.append(f'"{column.name}" {_type(column.type)}{null}')
    lines.append(f"primary key ({_names(table.primary_key)})")
    for key in table.foreign_keys:
        to = f'"{key.to_table}" ({_names(key.to_columns)})'
        lines.append(f"foreign key ({_names(key.columns)}) references {to}")
    return f'create table "{table.name}" ({", ".join(lines)}) without rowid'


def _select_sql(table: Table, schema: str) -> str:
    """The rows as SQLite takes them, in the order in which they will lie."""
    columns = []
    for column in table.columns:
        cast = {"decimal": "double", "date": "varchar", "datetime": "varchar"}
        to = cast.get(column.type.partition("(")[0])
        columns.append(f'cast("{column.name}" as {to})' if to else f'"{column.name}"')
    return (
        f'select {", ".join(columns)} from {schema}."{table.name}" '  # noqa: S608
        f"order by {_names(table.primary_key)}"
    )


def _type(type_: str) -> str:
    """A decimal is the double that its digits name; a time is text, in UTC."""
    match type_.partition("(")[0]:
        case "bigint" | "integer":
            return "integer"
        case "decimal" | "double":
            return "real"
        case "varchar" | "text" | "char" | "date" | "datetime":
            return "text"
    raise ValueError(f"no type of SQLite is known for {type_}")


def _referring(table: Table) -> set[str]:
    """Columns that name an occupation."""
    return {key.columns[0] for key in table.foreign_keys if key.to_table == "dim_occupation"}


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _text(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ")


def connect(path: Path) -> sqlite3.Connection:
    """To a published file, which nobody will change."""
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
    register(connection)
    return connection

"""Where an export reads: one engine's live views, raw and build rooms, behind selects that name
them `{live}`, `{raw}` and `{build}`.

Either engine's rows end up in the same in-memory DuckDB. MySQL's come through a file, with the
types that the server names.
"""

from __future__ import annotations

import csv
import secrets
import tempfile
from contextlib import closing
from typing import Any, Literal, Protocol

import duckdb
from pymysql.constants import FIELD_TYPE
from pymysql.cursors import SSCursor

from dbt_onet.pipeline.build import BuildError
from dbt_onet.pipeline.publish import mysql as publish_mysql
from dbt_onet.pipeline.publish.live_files import live_file
from dbt_onet.pipeline.settings import Settings

Room = Literal["live", "raw", "build"]

_WHOLE = {FIELD_TYPE.TINY, FIELD_TYPE.SHORT, FIELD_TYPE.INT24, FIELD_TYPE.LONG, FIELD_TYPE.LONGLONG}
_PLAIN = {FIELD_TYPE.DOUBLE: "DOUBLE", FIELD_TYPE.DATE: "DATE", FIELD_TYPE.DATETIME: "TIMESTAMP"}
_DUCKDB_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "HUGEINT"}


class Source(Protocol):
    """One engine's rooms."""

    duck: duckdb.DuckDBPyConnection

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """A few rows, as Python values."""

    def table(self, room: Room, name: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Columns and rows of a table."""

    def names(self, room: Room) -> set[str]:
        """The tables and views of a room; none where the room is not there."""

    def fetch(self, statement: str, *values: object) -> tuple[str, list[object]]:
        """What to select from, in `duck` and with which parameters, to have the statement's rows;
        good until the next call.

        Each `{value}` of the statement stands for one of the values.
        """

    def release_rooms(self) -> bool:
        """Lets go of raw and build. Whether what is live stays as it is, whoever writes there
        meanwhile."""

    def close(self) -> None: ...


def open_source(settings: Settings) -> Source:
    """The source of the engine that the settings name."""
    return _MySQL(settings) if settings.engine == "mysql" else _DuckDB(settings)


def _writer() -> duckdb.DuckDBPyConnection:
    """Several threads would cut row groups at other places each time."""
    return duckdb.connect(config={"threads": 1})


class _DuckDB:
    """The three files, attached for reading."""

    def __init__(self, settings: Settings) -> None:
        self.duck = _writer()
        live = live_file(settings.live_dir)
        files = {
            **({"live": (live, settings.name)} if live else {}),
            "raw": (settings.dir / "raw.duckdb", "main"),
            "build": (settings.dir / "build.duckdb", settings.build),
        }
        self._rooms = {}
        for room, (path, schema) in files.items():
            if path.exists():
                self.duck.execute(f"attach ? as {room}_room (read_only)", [str(path)])
                self._rooms[room] = (f"{room}_room", schema)

    def _text(self, statement: str) -> str:
        if missing := [
            room
            for room in ("live", "raw", "build")
            if f"{{{room}}}" in statement and room not in self._rooms
        ]:
            raise BuildError(
                f"{missing[0]}.duckdb is missing. Nothing was exported: run `make build` first."
            )
        return statement.format(
            value="?",
            **{room: f'{catalog}."{schema}"' for room, (catalog, schema) in self._rooms.items()},
        )

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self.duck.execute(self._text(statement)).fetchall()

    def table(self, room: Room, name: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        answer = self.duck.execute(self._text(f'select * from {{{room}}}."{name}"'))  # noqa: S608
        return [column[0] for column in answer.description or ()], answer.fetchall()

    def names(self, room: Room) -> set[str]:
        catalog_and_schema = list(self._rooms.get(room, ("", "")))
        text = (
            "select table_name from information_schema.tables where table_catalog = ? and"
            " table_schema = ?"
        )
        return {name for (name,) in self.duck.execute(text, catalog_and_schema).fetchall()}

    def fetch(self, statement: str, *values: object) -> tuple[str, list[object]]:
        text = self._text(statement)
        columns = self.duck.execute(f"describe {text}", values).fetchall()
        typed = ", ".join(
            f'"{name}"' + ("::BIGINT" if kind in _DUCKDB_WHOLE else "") + f' as "{name}"'
            for name, kind, *_ in columns
        )
        return f"(select {typed} from ({text}))", list(values)  # noqa: S608

    def release_rooms(self) -> bool:
        for room in ("raw", "build"):
            if self._rooms.pop(room, None):
                self.duck.execute(f"detach {room}_room")
        return True

    def close(self) -> None:
        self.duck.close()


class _MySQL:
    """The server's databases; rows are streamed, never held."""

    def __init__(self, settings: Settings) -> None:
        self.duck = _writer()
        self._rooms = {"live": settings.name, "raw": settings.raw, "build": settings.build}
        self._connection = publish_mysql.connect(settings)
        self._null = secrets.token_hex(16)  # no text of the data can be taken for it
        self._file = tempfile.NamedTemporaryFile(  # noqa: SIM115
            "w+", prefix="onet-export-", suffix=".csv", encoding="utf-8", newline=""
        )

    def _text(self, statement: str) -> str:
        return statement.format(
            value="%s", **{room: f"`{name}`" for room, name in self._rooms.items()}
        )

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(self._text(statement))
            return list(cursor.fetchall())

    def table(self, room: Room, name: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        with self._connection.cursor() as cursor:
            cursor.execute(self._text(f"select * from {{{room}}}.`{name}`"))  # noqa: S608
            return [column[0] for column in cursor.description or ()], list(cursor.fetchall())

    def names(self, room: Room) -> set[str]:
        with self._connection.cursor() as cursor:
            cursor.execute(
                "select table_name from information_schema.tables where table_schema = %s",
                [self._rooms[room]],
            )
            return {name for (name,) in cursor.fetchall()}

    def fetch(self, statement: str, *values: object) -> tuple[str, list[object]]:
        self._file.seek(0)
        self._file.truncate()
        with closing(SSCursor(self._connection)) as cursor:
            cursor.execute(self._text(statement), values or None)
            described: Any = cursor.description
            columns = [
                (name, _type(kind, precision, scale))
                for name, kind, _, _, precision, scale, _ in described
            ]
            writer = csv.writer(self._file, quoting=csv.QUOTE_ALL)
            while rows := cursor.fetchmany(10_000):
                writer.writerows(
                    [self._null if value is None else value for value in row] for row in rows
                )
        self._file.flush()
        form = (
            "auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"',"
            f" nullstr = '{self._null}'"
        )
        return f"read_csv(?, columns = ?, {form})", [self._file.name, dict(columns)]

    def release_rooms(self) -> bool:
        return False

    def close(self) -> None:
        self._connection.close()
        self._file.close()
        self.duck.close()


def _type(kind: int, length: int, scale: int) -> str:
    """DuckDB's type for a column as MySQL's protocol describes it. A decimal's length counts the
    point and the sign."""
    if kind in (FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL):
        return f"DECIMAL({length - (2 if scale else 1)}, {scale})"
    return "BIGINT" if kind in _WHOLE else _PLAIN.get(kind, "VARCHAR")

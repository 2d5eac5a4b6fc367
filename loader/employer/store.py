"""An employer's raw tables on DuckDB or MySQL. What the engines need differently is in this module
and nowhere else.

No value reaches a statement's text, an error or the server's list of processes: rows go in as
parameters or through a nameless file.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pymysql
import structlog
from filelock import FileLock, Timeout

from loader.employer.inputs import INPUTS
from loader.employer.reader import RejectedRow, Row
from loader.employer.settings import EmployerSettings
from loader.errors import LoaderError
from loader.store.local_data import LocalDataConnection

if TYPE_CHECKING:
    import duckdb

log = structlog.get_logger()

AUDIT: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "raw_load": (
        {
            "load_id": "integer",
            "kind": "name",
            "source": "text",
            "file_checksums": "text",
            "rows_read": "integer",
            "rows_landed": "integer",
            "rows_rejected": "integer",
            "started_at": "timestamp",
            "finished_at": "timestamp",
            "state": "name",
            "error": "text",
        },
        ("load_id",),
    ),
    "raw_load_file": (
        {
            "load_id": "integer",
            "file_name": "name",
            "table_name": "name",
            "sha256": "name",
            "bytes": "integer",
            "rows_read": "integer",
            "rows_landed": "integer",
            "rows_rejected": "integer",
        },
        ("load_id", "table_name"),
    ),
    "raw_reject": (
        {
            "load_id": "integer",
            "table_name": "name",
            "file_name": "name",
            "line_number": "integer",
            "reason": "text",
            "content": "text",
        },
        ("load_id", "table_name", "line_number"),
    ),
    "company_enrichment": (
        {
            "domain": "name",
            "state": "name",
            "is_stale": "integer",
            "industry": "text",
            "revenue": "text",
            "headcount": "text",
            "fetched_at": "timestamp",
        },
        ("domain",),
    ),
}
"""Tables beside the rows: columns with their kinds, and the key. `kind` of a load: `load`,
`snapshot` or `forget`."""

_TYPES = {
    "duckdb": {"integer": "bigint", "name": "varchar", "text": "varchar", "timestamp": "timestamp"},
    "mysql": {
        "integer": "bigint",
        "name": "varchar(120)",
        "text": "mediumtext",
        "timestamp": "datetime(6)",
    },
}


@dataclass(frozen=True)
class LoadedFile:
    """A row of `raw_load_file`."""

    file_name: str
    table_name: str
    sha256: str
    bytes: int
    rows_read: int
    rows_landed: int
    rows_rejected: int


class Store(Protocol):
    """The raw tables of one employer's warehouse, held under its lock."""

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Runs a statement with `?` for each parameter; its rows."""

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
        """Writes rows; returns how many arrived."""

    def begin(self) -> None: ...

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def prepare(self) -> None:
        """Makes the tables that are not there yet; sweeps what dead loads left behind."""

    def shrink(self) -> None:
        """Rewrites what is stored, so that nothing of a row that was deleted is left in it."""

    def drop(self) -> None:
        """Removes all of it."""


def begin_load(store: Store, kind: str, source: str, at: datetime) -> int:
    """Records a running load and returns its number."""
    [(load_id,)] = store.query("select coalesce(max(load_id), 0) + 1 from raw_load")
    names = ("load_id", "kind", "source", "started_at", "state")
    store.insert("raw_load", names, [(load_id, kind, source, at, "running")])
    store.begin()
    return int(load_id)


def write_rows(
    store: Store,
    load_id: int,
    file_name: str,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Row],
) -> int:
    named = ("load_id", "file_name", "line_number", *columns)
    return store.insert(table, named, [(load_id, file_name, *row) for row in rows])


def complete_load(
    store: Store,
    load_id: int,
    files: Sequence[LoadedFile],
    rejects: Sequence[tuple[str, str, RejectedRow]],
    at: datetime,
) -> None:
    """Makes the load count, in one step."""
    _record(store, load_id, files, rejects)
    store.query(
        "update raw_load set state = 'complete', file_checksums = ?, rows_read = ?, rows_landed "
        "= ?, rows_rejected = ?, "
        "finished_at = ? where load_id = ?",
        [
            json.dumps({file.file_name: file.sha256 for file in files}, sort_keys=True),
            sum(file.rows_read for file in files),
            sum(file.rows_landed for file in files),
            sum(file.rows_rejected for file in files),
            at,
            load_id,
        ],
    )
    store.commit()


def fail_load(
    store: Store,
    load_id: int,
    rejects: Sequence[tuple[str, str, RejectedRow]],
    error: str,
    at: datetime,
) -> None:
    """Takes the load's rows away and records why."""
    store.rollback()
    store.begin()
    for table in INPUTS:
        store.query(f"delete from {table.name} where load_id = ?", [load_id])
    _record(store, load_id, (), rejects)
    store.query(
        "update raw_load set state = 'failed', error = ?, finished_at = ? where load_id = ?",
        [error, at, load_id],
    )
    store.commit()


def _record(
    store: Store,
    load_id: int,
    files: Sequence[LoadedFile],
    rejects: Sequence[tuple[str, str, RejectedRow]],
) -> None:
    store.insert(
        "raw_load_file",
        ("load_id", *LoadedFile.__annotations__),
        [(load_id, *vars(file).values()) for file in files],
    )
    columns = ("load_id", "table_name", "file_name", "line_number", "reason", "content")
    rows = [
        (load_id, table, name, each.line_number, each.reason, each.content)
        for table, name, each in rejects
    ]
    store.insert("raw_reject", columns, rows)


def _definitions(engine: str) -> dict[str, str]:
    types = _TYPES[engine]
    made = {
        name: ", ".join(f"{column} {types[kind]}" for column, kind in columns.items())
        + f", primary key ({', '.join(key)})"
        for name, (columns, key) in AUDIT.items()
    }
    own = {"load_id": "integer", "file_name": "name", "line_number": "integer"}
    for table in INPUTS:
        columns = own | dict.fromkeys(table.columns, "text")
        made[table.name] = ", ".join(f"{column} {types[kind]}" for column, kind in columns.items())
        # a primary key is how InnoDB keeps rows; on DuckDB it would be an index that nobody reads
        if engine == "mysql":
            made[table.name] += ", primary key (load_id, line_number)"
    return made


@contextmanager
def open_store(settings: EmployerSettings, *, create: bool = True) -> Iterator[Store]:
    """The store of the engine that the settings name, under the employer's own lock.

    Raises:
        LoaderError: another load or build runs, the store cannot be reached, or, unless it is to be
            created, there is none.
    """
    opening = _open_duckdb if settings.warehouse_engine == "duckdb" else _open_mysql
    with opening(settings, create=create) as store:
        yield store


@contextmanager
def _open_duckdb(settings: EmployerSettings, *, create: bool) -> Iterator[Store]:
    import duckdb

    folder = settings.employer_dir
    path = folder / "raw.duckdb"
    if not create and not path.exists():
        raise LoaderError(_nothing(settings))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    lock = FileLock(folder / "pipeline.lock", mode=0o600)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            log.info("waiting for another load or build", lock=lock.lock_file)
            lock.acquire(timeout=settings.warehouse_lock_timeout)
    except Timeout:
        raise LoaderError(_busy(settings)) from None
    try:
        store = DuckDBStore(path)
        try:
            yield store
        finally:
            store.close()
    except duckdb.Error as error:
        # its message may hold a value of a row
        raise LoaderError(f"{path}: {type(error).__name__}. Nothing of this load counts") from None
    finally:
        lock.release()


def _nothing(settings: EmployerSettings) -> str:
    return (
        f"no employer's data has been loaded into `{settings.employer_name}`: "
        "run `python -m loader employer FOLDER` first"
    )


def _busy(settings: EmployerSettings) -> str:
    return (
        f"another load or build of `{settings.employer_name}` is running; waited "
        f"{settings.warehouse_lock_timeout} s. "
        "Try again when it is done"
    )


class DuckDBStore:
    """See `Store`. One file, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        import duckdb

        self._duckdb = duckdb
        self._path = path
        self._connection: duckdb.DuckDBPyConnection = self._open(path)

    def _open(self, path: Path) -> duckdb.DuckDBPyConnection:
        spill = str(self._path.parent / "tmp").replace("'", "''")
        connection = self._duckdb.connect(
            str(path), config={"memory_limit": "512MiB", "temp_directory": spill}
        )
        path.chmod(0o600)
        return connection

    def close(self) -> None:
        self._connection.close()

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, list(params)).fetchall()

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
        if not rows:
            return 0
        import pandas as pd

        # read below by its name
        landing = pd.DataFrame(rows, columns=list(columns), dtype=object)  # noqa: F841
        types = {name: kind for _, name, kind, *_ in self.query(f"pragma table_info('{table}')")}
        typed = ", ".join(f"cast({name} as {types[name]})" for name in columns)
        [(count,)] = self._connection.execute(
            f"insert into {table} ({', '.join(columns)}) select {typed} from landing"
        ).fetchall()
        return int(count)

    def begin(self) -> None:
        self._connection.begin()

    def commit(self) -> None:
        self._connection.commit()

    def rollback(self) -> None:
        self._connection.rollback()

    def prepare(self) -> None:
        for table, definition in _definitions("duckdb").items():
            self.query(f"create table if not exists {table} ({definition})")
        self.query(
            "update raw_load set state = 'failed', error = 'interrupted' where state = 'running'"
        )

    def shrink(self) -> None:
        fresh = self._path.with_suffix(".tmp")
        fresh.unlink(missing_ok=True)
        text = str(fresh).replace("'", "''")
        [(name,)] = self.query("select current_database()")
        self.query(f"attach '{text}' as fresh")
        self.query(f'copy from database "{name}" to fresh')
        self.query("detach fresh")
        self._connection.close()
        fresh.replace(self._path)
        self._path.with_name(f"{self._path.name}.wal").unlink(missing_ok=True)
        self._connection = self._open(self._path)

    def drop(self) -> None:
        self._connection.close()
        for path in self._path.parent.glob(f"{self._path.stem}.*"):
            path.unlink()
        self._connection = self._duckdb.connect()  # nothing that is asked from here on is kept


@contextmanager
def _open_mysql(settings: EmployerSettings, *, create: bool) -> Iterator[Store]:
    from loader.store.mysql import (
        COLLATION,
        SESSION,
    )  # and with them SQLAlchemy, which DuckDB needs not

    where = str(settings.warehouse_socket or f"{settings.warehouse_host}:{settings.warehouse_port}")
    database = f"{settings.employer_name}_raw"
    try:
        connection = LocalDataConnection(
            unix_socket=str(settings.warehouse_socket)
            if settings.warehouse_socket
            else None,  # wins over host and port
            host=settings.warehouse_host,
            port=settings.warehouse_port,
            user=settings.warehouse_user or None,
            password=settings.password.encode(),  # as text it would be sent as Latin-1
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=10,
            init_command=f"set {SESSION}, collation_connection = {COLLATION}",
        )
    except (pymysql.MySQLError, OSError) as error:
        code = error.args[0] if error.args else type(error).__name__
        raise LoaderError(
            f"MySQL at {where}, user `{settings.warehouse_user}`: cannot connect (error {code}). "
            "Check WAREHOUSE_* and the server"
        ) from None
    try:
        store = MySQLStore(connection, database)
        name = f"{settings.employer_name}.pipeline"
        if store.query("select get_lock(?, 0)", [name]) != [(1,)]:
            log.info("waiting for another load or build", lock=name)
            if store.query("select get_lock(?, ?)", [name, settings.warehouse_lock_timeout]) != [
                (1,)
            ]:
                raise LoaderError(_busy(settings))
        there = store.query(
            "select count(*) from information_schema.schemata where schema_name = ?", [database]
        ) != [(0,)]
        if not there:
            if not create:
                raise LoaderError(_nothing(settings))
            # every text compares by its code points, as DuckDB and Spark compare: keys, groups and
            # orders agree
            store.query(f"create database `{database}` character set utf8mb4 collate {COLLATION}")
        connection.select_db(database)
        yield store
    except pymysql.MySQLError as error:
        code = error.args[0] if error.args else 0
        advice = {
            1044: "grant all rights on the database",
            1148: "start the server with --local-infile=ON",
        }
        advice[3948] = advice[1148]
        said = advice.get(code, "see the server's documentation for this number")
        # the server's message may hold a value of a row
        raise LoaderError(
            f"MySQL at {where}, `{database}`: error {code}; {said}. Nothing of this load counts"
        ) from None
    finally:
        with suppress(pymysql.MySQLError):
            connection.close()


class MySQLStore:
    """See `Store`. A database of its own, filled by LOAD DATA LOCAL; rows are there before their
    load counts."""

    def __init__(self, connection: LocalDataConnection, database: str) -> None:
        self._connection = connection
        self._database = database

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql.replace("%", "%%").replace("?", "%s"), tuple(params))
            return [tuple(row) for row in cursor.fetchall()]

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
        if not rows:
            return 0
        with (
            tempfile.TemporaryFile() as file
        ):  # without a name: killed at any moment, nothing of it is left
            for row in rows:
                file.write(("\t".join(map(_field, row)) + "\n").encode("utf-8"))
            file.seek(0)
            with self._connection.offer("rows", file), self._connection.cursor() as cursor:
                cursor.execute(
                    f"load data local infile 'rows' into table {table} "
                    "character set utf8mb4 "
                    f"fields terminated by '\\t' escaped by '\\\\' lines terminated by '\\n' "
                    f"({', '.join(columns)})"
                )
                count = cursor.rowcount
                cursor.execute("show warnings limit 1")
                if warning := cursor.fetchall():
                    raise LoaderError(
                        f"{table}: MySQL would not take a row as it is (warning "
                        f"{warning[0][1]}). Nothing of this load counts"
                    )
        return int(count)

    def begin(self) -> None:
        self._connection.begin()

    def commit(self) -> None:
        self._connection.commit()

    def rollback(self) -> None:
        self._connection.rollback()

    def prepare(self) -> None:
        for table, definition in _definitions("mysql").items():
            self.query(f"create table if not exists {table} ({definition})")
        self.query(
            "update raw_load set state = 'failed', error = 'interrupted' where state = 'running'"
        )

    def shrink(self) -> None:
        for table in [*AUDIT, *(table.name for table in INPUTS)]:
            self.query(f"optimize table {table}")

    def drop(self) -> None:
        self.query(f"drop database `{self._database}`")


_ESCAPED: dict[int, str] = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n"})


def _field(value: Any) -> str:
    if value is None:
        return "\\N"
    return str(value).translate(_ESCAPED)

"""Raw on DuckDB: one file, and all rows of a load in one transaction, which a dead loader never
commits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import structlog
from filelock import Timeout

from loader.errors import LoaderError, describe_disk_error
from loader.file_registry import TABLES, columns
from loader.locks import hold_lock
from loader.reader import Block, Reject
from loader.redact import clean_record
from loader.settings import Settings
from loader.side_tables import SIDE_TABLES, Kind, SideTable
from loader.store import LOCK_TOLD_SECONDS, FileResult, Load, SideRow

log = structlog.get_logger()

MEMORY = "256MiB"
"""What DuckDB may keep; without a limit it keeps more of a file the longer the file is."""

_AUDIT = {
    "raw_load": (
        "load_id integer primary key, release varchar not null, source varchar not null,"
        " source_address varchar not null, file_checksums varchar, rows_read bigint, rows_landed"
        " bigint, rows_rejected bigint, started_at timestamp not null, finished_at timestamp, state"
        " varchar not null, error varchar"
    ),
    "raw_load_file": (
        "load_id integer, file_name varchar, table_name varchar not null, state varchar not null,"
        " sha256 varchar, bytes bigint, rows_read bigint, rows_landed bigint, rows_rejected bigint,"
        " primary key (load_id, file_name)"
    ),
    "raw_reject": (
        "load_id integer, file_name varchar, line_number bigint, reason varchar not null, content"
        " varchar not null, primary key (load_id, file_name, line_number)"
    ),
}

NOT_ONLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
"""A foreign file in the place of ours must not make DuckDB fetch what could read it."""
HEADER_BYTES = 3 * 4096
"""A DuckDB file begins with three headers of this size in all, written when it is made."""

_DAMAGED = (
    "It is damaged: move it away and load again; what Web Services and models gave is asked for"
    " again"
)
_ADVICE = {
    "not a valid DuckDB": _DAMAGED,
    "Could not read": _DAMAGED,
    "orrupt": _DAMAGED,
    'Extension "': "It is a file of another program: move it away and load again",
    "Could not set lock": "Another program has it open: close that",
    "No space left": (
        "The disk is full: free space there, or set WAREHOUSE_DIR to a folder on another disk"
    ),
    "Disk quota exceeded": (
        "The disk's quota is used up: free space, or set WAREHOUSE_DIR to a folder elsewhere"
    ),
    "File too large": (
        "A file may not grow further there: raise that limit, or set WAREHOUSE_DIR elsewhere"
    ),
    "Read-only file system": "Make it writable, or set WAREHOUSE_DIR to a folder that is",
    "Permission denied": "Allow it, or set WAREHOUSE_DIR to a folder that is yours",
}
_ADDED = (("raw_load", "not_loaded"), ("raw_load_file", "reason"))
"""Columns that older warehouses lack; they come last in their tables."""

_SIDE_TYPES: dict[Kind, str] = {
    "name": "varchar",
    "text": "varchar",
    "number": "bigint",
    "moment": "timestamp",
}


@contextmanager
def open_duckdb(settings: Settings) -> Iterator[DuckDBStore]:
    """Holds the pipeline lock, then the file."""
    path = settings.warehouse_dir / "raw.duckdb"
    with _pipeline_lock(settings):
        try:
            _remove_stub(path)
            connection = duckdb.connect(str(path), config={"memory_limit": MEMORY, **NOT_ONLINE})
        except duckdb.Error as error:
            _remove_stub(path)
            raise LoaderError(f"{path} cannot be opened: {_advise(error)}") from error
        except OSError as error:
            raise LoaderError(describe_disk_error(error, path.parent, "WAREHOUSE_DIR")) from error
        try:
            with connection:
                yield DuckDBStore(connection)
        except duckdb.Error as error:
            raise LoaderError(f"{path}: {_advise(error)}") from error


@contextmanager
def _pipeline_lock(settings: Settings) -> Iterator[None]:
    folder = settings.warehouse_dir
    path = folder / "pipeline.lock"

    def tell(waited: float) -> None:
        log.warning(
            "waiting for another load or build", lock=str(path), waited_seconds=round(waited)
        )

    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(
                hold_lock(path, settings.warehouse_lock_timeout, LOCK_TOLD_SECONDS, tell)
            )
        except Timeout:
            raise LoaderError(
                f"another load or build of {folder} is running; waited"
                f" {settings.warehouse_lock_timeout} s. Try again when it is done"
            ) from None
        except OSError as error:
            raise LoaderError(describe_disk_error(error, folder, "WAREHOUSE_DIR")) from error
        yield


def _remove_stub(path: Path) -> None:
    """Takes away a file too short for DuckDB's headers: a load that was killed or had no room while
    it made the file left it.

    It never held a row, and DuckDB opens it no more (seen with 2.0: "not a valid DuckDB database
    file"). Somebody else's small file of that name stays.
    """
    if (
        path.is_file()
        and path.stat().st_size < HEADER_BYTES
        and not path.with_name(f"{path.name}.wal").exists()
    ):
        content = path.read_bytes()
        if content[8:12] == b"DUCK" or not content.strip(b"\0"):
            path.unlink()


def _advise(error: duckdb.Error) -> str:
    """DuckDB's first line, and what to do where the disk is what stopped it: it names the error in
    words only."""
    told = str(error).splitlines()[0]
    for words, advice in _ADVICE.items():
        if words in told:
            return f"{told}. {advice}. Nothing of this load counts"
    return told


class DuckDBStore:
    """See `Store`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def prepare(self) -> None:
        for table, definition in _AUDIT.items():
            self._connection.execute(f"create table if not exists {table} ({definition})")
        for table, name in _ADDED:
            self._connection.execute(f"alter table {table} add column if not exists {name} varchar")
        for table, names in TABLES.items():
            self._connection.execute(
                f"create table if not exists {table} (load_id integer not null, file_name varchar"
                " not null, line_number bigint not null)"
            )
            for name in names:
                self._connection.execute(
                    f"alter table {table} add column if not exists {name} varchar"
                )
        for side in SIDE_TABLES:
            typed = ", ".join(f"{name} {_SIDE_TYPES[kind]}" for name, kind in side.columns.items())
            self._connection.execute(
                f"create table if not exists {side.name} ({typed}, primary key"
                f" ({', '.join(side.key)}))"
            )
        self._connection.execute(
            "update raw_load set state = 'failed', error = 'interrupted' where state = 'running'"
        )
        self._clean_addresses()

    def _clean_addresses(self) -> None:
        """Earlier versions recorded addresses and paths whole."""
        rows = self._connection.execute(
            "select load_id, source, source_address, error from raw_load"
        ).fetchall()
        for load_id, *recorded in rows:
            if (cleaned := clean_record(*recorded)) != recorded:
                text = (
                    "update raw_load set source = ?, source_address = ?, error = ? where"
                    " load_id = ?"
                )
                self._connection.execute(text, [*cleaned, load_id])

    def newest_complete_load(self) -> Load | None:
        rows = self._connection.execute(
            "select load_id, release, file_checksums, finished_at, rows_landed, not_loaded from"
            " raw_load where state = 'complete' order by load_id desc limit 1"
        ).fetchall()
        return Load(*rows[0]) if rows else None

    def begin_load(self, release: str, source: str, address: str, started_at: datetime) -> int:
        ((load_id,),) = self._connection.execute(
            "select coalesce(max(load_id), 0) + 1 from raw_load"
        ).fetchall()
        self._connection.execute(
            "insert into raw_load (load_id, release, source, source_address, started_at, state)"
            " values (?, ?, ?, ?, ?, 'running')",
            [load_id, release, source, address, started_at],
        )
        self._connection.begin()
        return int(load_id)

    def write(self, load_id: int, file_name: str, table: str, block: Block) -> int:
        # Read below by its name: one that is registered would be kept in memory until the load is
        # over.
        landing = block.frame()  # noqa: F841
        names = ", ".join(columns(block.layout))
        ((count,),) = self._connection.execute(
            f"insert into {table} (load_id, file_name, line_number, {names}) select ?, ?,"  # noqa: S608
            f" line_number, {names} from landing",
            [load_id, file_name],
        ).fetchall()
        return int(count)

    def complete(
        self,
        load_id: int,
        results: Sequence[FileResult],
        rejects: Sequence[tuple[str, Reject]],
        checksums: str,
        not_loaded: str,
        at: datetime,
    ) -> None:
        self._record(load_id, results, rejects)
        self._connection.execute(
            "update raw_load set state = 'complete', file_checksums = ?, not_loaded = ?,"
            " finished_at = ?, rows_read = ?, rows_landed = ?, rows_rejected = ? where load_id = ?",
            [
                checksums,
                not_loaded,
                at,
                sum(result.rows_read for result in results),
                sum(result.rows_landed for result in results),
                sum(result.rows_rejected for result in results),
                load_id,
            ],
        )
        self._connection.commit()

    def fail(
        self, load_id: int, rejects: Sequence[tuple[str, Reject]], error: str, at: datetime
    ) -> None:
        self._connection.rollback()
        self._record(load_id, (), rejects)
        self._connection.execute(
            "update raw_load set state = 'failed', error = ?, finished_at = ? where load_id = ?",
            [error, at, load_id],
        )

    def prune(self) -> int:
        pruned: set[int] = set()
        for table in TABLES:
            older = "load_id < (select max(load_id) from raw_load where state = 'complete')"
            found = self._connection.execute(
                f"select distinct load_id from {table} where {older}"  # noqa: S608
            ).fetchall()
            pruned |= {load_id for (load_id,) in found}
            self._connection.execute(f"delete from {table} where {older}")  # noqa: S608
        self._connection.execute("checkpoint")
        return len(pruned)

    def current_rows(self, table: str, names: Sequence[str]) -> list[tuple[str | None, ...]]:
        newest = "load_id = (select max(load_id) from raw_load where state = 'complete')"
        text = f"select distinct {', '.join(names)} from {table} where {newest} order by all"  # noqa: S608
        return self._connection.execute(text).fetchall()

    def side_rows(
        self, table: SideTable, names: Sequence[str], where: SideRow | None = None
    ) -> list[tuple[Any, ...]]:
        only = " and ".join(f"{name} = ?" for name in where or {}) or "true"
        text = (
            f"select {', '.join(names)} from {table.name} where {only} order by "  # noqa: S608
            f"{', '.join(table.key)}"
        )
        return self._connection.execute(text, list((where or {}).values())).fetchall()

    def upsert(self, *changes: tuple[SideTable, Sequence[SideRow]]) -> None:
        self._connection.begin()
        for table, rows in changes:
            if not rows:
                continue
            frame = pd.DataFrame(
                [[row.get(name) for name in table.columns] for row in rows],
                columns=list(table.columns),
                dtype=object,
            )
            self._connection.register("changed", frame)
            typed = ", ".join(
                f"cast({name} as {_SIDE_TYPES[kind]})" for name, kind in table.columns.items()
            )
            self._connection.execute(
                f"insert or replace into {table.name} select {typed} from changed"  # noqa: S608
            )
            self._connection.unregister("changed")
        self._connection.commit()

    def _record(
        self, load_id: int, results: Sequence[FileResult], rejects: Sequence[tuple[str, Reject]]
    ) -> None:
        for result in results:
            self._connection.execute(
                "insert into raw_load_file values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    load_id,
                    result.file_name,
                    result.table_name,
                    result.state,
                    result.sha256,
                    result.bytes,
                    result.rows_read,
                    result.rows_landed,
                    result.rows_rejected,
                    result.reason,
                ],
            )
        if rejects:
            frame = pd.DataFrame(
                [
                    (load_id, name, each.line_number, each.reason, each.content)
                    for name, each in rejects
                ],
                columns=["load_id", "file_name", "line_number", "reason", "content"],
            )
            self._connection.register("rejected", frame)
            self._connection.execute("insert into raw_reject select * from rejected")
            self._connection.unregister("rejected")

"""Where raw rows go. What DuckDB and MySQL need differently is in their two modules and nowhere
else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from loader.reader import Block, Reject
from loader.settings import Settings
from loader.side_tables import SideTable

LOCK_TOLD_SECONDS = 30.0
"""How often a load that waits for another one says so."""

SideRow = Mapping[str, Any]
"""A row of a side table by column; a column left out is null."""


@dataclass(frozen=True)
class Load:
    """A row of `raw_load`, as far as the loader asks for it."""

    load_id: int
    release: str
    file_checksums: str
    finished_at: datetime
    rows_landed: int
    not_loaded: str | None
    """JSON; null where a loader that did not record it made the load."""


@dataclass(frozen=True)
class FileResult:
    """A row of `raw_load_file`."""

    file_name: str
    table_name: str
    state: str
    sha256: str | None = None
    bytes: int | None = None
    rows_read: int = 0
    rows_landed: int = 0
    rows_rejected: int = 0
    reason: str | None = None
    """Why a file that is there was not landed."""


class Store(Protocol):
    """The raw tables of one warehouse, held under its pipeline lock."""

    def prepare(self) -> None:
        """Makes what tables and columns are not there yet, sweeps what dead loads left, cleans
        recorded addresses."""

    def newest_complete_load(self) -> Load | None: ...

    def begin_load(self, release: str, source: str, address: str, started_at: datetime) -> int:
        """Records a running load and returns its number."""

    def write(self, load_id: int, file_name: str, table: str, block: Block) -> int:
        """Writes the block's rows; returns how many arrived. Nobody sees them before `complete`."""

    def complete(
        self,
        load_id: int,
        results: Sequence[FileResult],
        rejects: Sequence[tuple[str, Reject]],
        checksums: str,
        not_loaded: str,
        at: datetime,
    ) -> None:
        """Makes the load count, in one step."""

    def fail(
        self, load_id: int, rejects: Sequence[tuple[str, Reject]], error: str, at: datetime
    ) -> None:
        """Takes the load's rows away and records why."""

    def prune(self) -> int:
        """Removes the rows of all but the newest complete load; returns how many loads had any."""

    def current_rows(self, table: str, names: Sequence[str]) -> list[tuple[str | None, ...]]:
        """These columns of a release's table in the newest complete load: each different row once,
        in order."""

    def side_rows(
        self, table: SideTable, names: Sequence[str], where: SideRow | None = None
    ) -> list[tuple[Any, ...]]:
        """These columns of a side table's rows, where the columns of `where` have its values, in
        the order of the key."""

    def upsert(self, *changes: tuple[SideTable, Sequence[SideRow]]) -> None:
        """Writes rows of side tables in one step, each in the place of the row with its key. No key
        may come twice in one call."""


def open_store(settings: Settings) -> AbstractContextManager[Store]:
    """The store of the engine that the settings name, under the pipeline lock."""
    if settings.warehouse_engine == "duckdb":
        from loader.store.duckdb import open_duckdb

        return open_duckdb(settings)
    from loader.store.mysql import open_mysql

    return open_mysql(settings)

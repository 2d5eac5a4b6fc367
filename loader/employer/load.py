"""Lands an employer's folder: every file that is new, as one load that counts as a whole or not at
all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import structlog

from loader.employer.inputs import InputFile, find_files
from loader.employer.reader import FileCheck, FileReader, RejectedRow, check_file, is_same
from loader.employer.settings import EmployerSettings
from loader.employer.snapshot import reject_large_drops
from loader.employer.store import (
    LoadedFile,
    Store,
    begin_load,
    complete_load,
    fail_load,
    write_rows,
)
from loader.errors import LoaderError

log = structlog.get_logger()

MAX_REJECTS = 10_000
SNAPSHOT_TABLES = ("employees", "plans")


@dataclass
class LoadResult:
    """What became of a run; `load_id` is None where every file was landed before."""

    load_id: int | None = None
    files: list[LoadedFile] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def load_folder(
    settings: EmployerSettings,
    store: Store,
    folder: Path,
    *,
    snapshot: bool = False,
    force: bool = False,
) -> LoadResult:
    """Lands the files of a folder whose content is not that of the newest load of their table.

    Args:
        settings: where it goes, and which share of a file may be no rows.
        store: the raw tables.
        folder: with employees, plans, claims and what belongs to them.
        snapshot: the rosters and plans are whole: of the companies in the file, nothing else stays.
        force: land again what is landed, and let a snapshot drop any share of a company.

    Raises:
        LoaderError: a file cannot be read or lacks a column, too many of its rows are none, or a
            snapshot drops too much of a company.
            Nothing of the load counts then.
    """
    found, others = find_files(folder)
    for name in others:
        log.warning("this file is not one of an employer's and was left out", file=name)
    store.prepare()
    newest = _newest_files(store)
    result = LoadResult()
    fresh: list[tuple[InputFile, FileCheck]] = []
    for file in found:
        check = check_file(file)
        sha256, kind = newest.get(file.table.name, (None, None))
        is_replaced = snapshot and file.table.name in SNAPSHOT_TABLES and kind != "snapshot"
        if sha256 == check.sha256 and not force and not is_replaced:
            result.unchanged.append(file.name)
        else:
            fresh.append((file, check))
    if not fresh:
        log.info(
            "nothing to do: these files are landed already; --force repeats it", files=len(found)
        )
        return result
    result.load_id = begin_load(store, "snapshot" if snapshot else "load", str(folder), _now())
    rejects: list[tuple[str, str, RejectedRow]] = []
    try:
        for file, check in fresh:
            result.files.append(_load_file(settings, store, result.load_id, file, check, rejects))
        if snapshot and not force:
            reject_large_drops(
                store, result.load_id, {file.table.name: file.name for file, _ in fresh}
            )
        complete_load(store, result.load_id, result.files, rejects, _now())
    except LoaderError as error:
        fail_load(store, result.load_id, rejects[:MAX_REJECTS], str(error), _now())
        raise
    return result


def _newest_files(store: Store) -> dict[str, tuple[str, str]]:
    """Table → checksum of the file and kind of the load that filled it last."""
    rows = store.query(
        "select f.table_name, f.sha256, l.kind from raw_load_file f join raw_load l on l.load_id "
        "= f.load_id "
        "where l.state = 'complete' order by f.load_id"
    )
    return {table: (sha256, kind) for table, sha256, kind in rows}


def _load_file(
    settings: EmployerSettings,
    store: Store,
    load_id: int,
    file: InputFile,
    check: FileCheck,
    rejects: list[tuple[str, str, RejectedRow]],
) -> LoadedFile:
    reader = FileReader(file, check)
    landed = rejected = 0
    for block in reader.blocks():
        rejects += [(file.table.name, file.name, each) for each in block.rejects]
        rejected += len(block.rejects)
        if rejected > MAX_REJECTS:
            raise LoaderError(
                f"{file.name}: more than {MAX_REJECTS:,} lines are no rows; raw_reject has each "
                "with its reason"
            )
        arrived = write_rows(
            store, load_id, file.name, file.table.name, file.table.columns, block.rows
        )
        if arrived != len(block.rows):
            raise LoaderError(
                f"{file.name}: {len(block.rows)} rows were sent and {arrived} arrived. Nothing "
                "of this load counts"
            )
        landed += arrived
    if not is_same(file, check):
        raise LoaderError(f"{file.name}: the file changed while it was read. Run the load again")
    read = landed + rejected
    if rejected > settings.employer_max_error_share * read:
        line = next(each.line_number for _, name, each in rejects if name == file.name)
        raise LoaderError(
            f"{file.name}: {rejected} of {read} lines are no rows (the first is line {line}), "
            "more than the share of "
            f"{settings.employer_max_error_share} that EMPLOYER_MAX_ERROR_SHARE allows; "
            "raw_reject has each with its reason"
        )
    if reader.unknown_columns:
        log.warning("columns that are not read", file=file.name, columns=reader.unknown_columns)
    log.info(
        "landed",
        file=file.name,
        table=file.table.name,
        rows=landed,
        rejected=rejected,
        bytes=check.bytes,
    )
    return LoadedFile(file.name, file.table.name, check.sha256, check.bytes, read, landed, rejected)


def _now() -> datetime:
    """UTC, without a zone: both engines' columns have none."""
    return datetime.now(UTC).replace(tzinfo=None)

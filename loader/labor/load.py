"""Lands labour-market files as one load that counts as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from loader.errors import LoaderError
from loader.labor.parse import ParsedFile, parse_file
from loader.labor.source import LaborFile
from loader.labor.tables import DATA_TABLES, LABOR_FILE, LABOR_LOAD, LABOR_REJECT
from loader.reader import Reject
from loader.settings import Settings
from loader.store import SideRow, Store
from loader.table_types import SideTable

log = structlog.get_logger()

MAX_REJECTS = 10_000
MAX_FILE_NAME = 120
"""Characters; part of the key of a rejected row."""

OnFile = Callable[[str], None]


@dataclass
class LaborLoad:
    """What became of a run."""

    load_id: int | None = None
    """Null where everything was landed already."""
    landed: list[ParsedFile] = field(default_factory=list)
    unchanged: list[ParsedFile] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Names of spreadsheets and CSV files that are none of the known ones."""


def land_labor(
    settings: Settings,
    store: Store,
    source: str,
    files: Iterable[LaborFile],
    *,
    force: bool = False,
    on_file: OnFile | None = None,
) -> LaborLoad:
    """Lands every known file; one with the checksum of what is landed of its vintage is left alone.

    Args:
        settings: which share of a file's rows may be rejected.
        store: the raw tables.
        source: what the user named, for the record.
        files: what was found there.
        force: land again what is landed already.
        on_file: called with the name of each file before it is read.

    Raises:
        LoaderError: a file cannot be read, is not known though named, or has too many rows that
            cannot be landed. Nothing of the load counts then.
    """
    store.prepare()
    load_id = _begin(store, source)
    started_at = _now()
    done = LaborLoad(load_id)
    rejects: list[SideRow] = []
    try:
        current = _checksums(store)
        parsed: dict[tuple[str, str], ParsedFile] = {}
        for file in files:
            if on_file:
                on_file(file.name)
            _parse(file, parsed, done)
        for each in parsed.values():
            known = current.get((each.dataset.name, each.vintage.key)) == each.sha256
            (done.unchanged if known and not force else done.landed).append(each)
        for each in done.landed:
            rejects += _rejects(load_id, each)
            _require_few_rejects(settings, each)
        _require_any(source, parsed, done)
        if not done.landed:
            log.info("these files are landed already; --force repeats it", files=len(parsed))
            done.load_id = None
        _complete(store, load_id, source, started_at, done, rejects)
    except LoaderError as error:
        failed = {**_load_row(load_id, source, started_at), "state": "failed", "error": str(error)}
        failed["finished_at"] = _now()
        store.upsert((LABOR_LOAD, [failed]), (LABOR_REJECT, rejects[:MAX_REJECTS]))
        raise
    for name in done.unknown:
        log.warning("this file is none of the known ones and was left out", file=name)
    return done


def _parse(file: LaborFile, parsed: dict[tuple[str, str], ParsedFile], done: LaborLoad) -> None:
    if len(file.name) > MAX_FILE_NAME:
        raise LoaderError(
            f"{file.name[:60]}…: the file's name has more than {MAX_FILE_NAME} characters"
        )
    found = parse_file(file)
    if not found:
        if file.is_named:
            raise LoaderError(
                f"{file.name}: none of the known files; no line has the headings of one."
                " docs/labor.md lists them"
            )
        done.unknown.append(file.name)
    for each in found:
        other = parsed.setdefault((each.dataset.name, each.vintage.key), each)
        if other.sha256 != each.sha256:
            raise LoaderError(
                f"{other.file.name} and {each.file.name} are both {each.dataset.title}, "
                f"{each.vintage.name}, and differ; name the one that is meant"
            )


def _require_any(source: str, parsed: dict[tuple[str, str], ParsedFile], done: LaborLoad) -> None:
    if not parsed:
        raise LoaderError(f"{source}: none of the files is a known one: {_listed(done.unknown)}")


def _require_few_rejects(settings: Settings, parsed: ParsedFile) -> None:
    if len(parsed.rejects) > settings.loader_max_reject_share * parsed.rows_read:
        first = parsed.rejects[0]
        raise LoaderError(
            f"{parsed.file.name}: {len(parsed.rejects)} of {parsed.rows_read} rows cannot be"
            f" landed, more than the share of {settings.loader_max_reject_share} that"
            f" LOADER_MAX_REJECT_SHARE allows; the first is line {first.line_number}:"
            f" {first.reason}. See labor_reject for each"
        )


def _begin(store: Store, source: str) -> int:
    """The new load's number; loads that died without a word are marked so."""
    columns = list(LABOR_LOAD.columns)
    loads = store.side_rows(LABOR_LOAD, columns)
    dead = [dict(zip(columns, row, strict=True)) for row in loads]
    interrupted = {"state": "failed", "error": "interrupted"}
    store.upsert((LABOR_LOAD, [row | interrupted for row in dead if row["state"] == "running"]))
    load_id = max((int(row[0]) for row in loads), default=0) + 1
    store.upsert((LABOR_LOAD, [_load_row(load_id, source, _now())]))
    return load_id


def _load_row(load_id: int, source: str, started_at: datetime) -> dict[str, Any]:
    return {"load_id": load_id, "source": source, "state": "running", "started_at": started_at}


def _checksums(store: Store) -> dict[tuple[str, str], str]:
    """Dataset and vintage → SHA-256 of the file that counts."""
    rows = store.side_rows(LABOR_FILE, ["dataset", "vintage", "sha256"])
    return {(dataset, vintage): sha256 for dataset, vintage, sha256 in rows}  # highest load last


def _rejects(load_id: int, parsed: ParsedFile) -> list[SideRow]:
    def row(reject: Reject) -> SideRow:
        return {"load_id": load_id, "file_name": parsed.file.name, **vars(reject)}

    return [row(each) for each in parsed.rejects[:MAX_REJECTS]]


def _complete(
    store: Store,
    load_id: int,
    source: str,
    started_at: datetime,
    done: LaborLoad,
    rejects: Sequence[SideRow],
) -> None:
    """Everything in one transaction."""
    now = _now()
    rows: dict[str, list[SideRow]] = {table.name: [] for table in DATA_TABLES}
    for each in done.landed:
        table = each.dataset.table
        rows[table.name] += [
            {name: row.get(name) for name in table.columns} | {"load_id": load_id}
            for row in each.rows
        ]
    changes: list[tuple[SideTable, Sequence[SideRow]]] = [
        *((table, rows[table.name]) for table in DATA_TABLES),
        (LABOR_FILE, [_file_row(load_id, each, now) for each in done.landed]),
        (LABOR_REJECT, rejects),
        (
            LABOR_LOAD,
            [
                _load_row(load_id, source, started_at)
                | {
                    "state": "complete",
                    "files_landed": len(done.landed),
                    "rows_read": sum(each.rows_read for each in done.landed),
                    "rows_landed": sum(len(each.rows) for each in done.landed),
                    "rows_rejected": sum(len(each.rejects) for each in done.landed),
                    "finished_at": now,
                }
            ],
        ),
    ]
    store.upsert(*changes)
    for each in done.landed:
        log.info(
            "landed",
            file=each.file.name,
            dataset=each.dataset.name,
            vintage=each.vintage.key,
            table=each.dataset.table.name,
            rows=len(each.rows),
            rejected=len(each.rejects),
        )


def _file_row(load_id: int, parsed: ParsedFile, now: datetime) -> SideRow:
    return {
        "load_id": load_id,
        "dataset": parsed.dataset.name,
        "vintage": parsed.vintage.key,
        "vintage_name": parsed.vintage.name,
        "table_name": parsed.dataset.table.name,
        "file_name": parsed.file.name,
        "sheet_name": parsed.sheet_name,
        "address": parsed.file.address,
        "official_address": parsed.dataset.official_address,
        "sha256": parsed.sha256,
        "bytes": len(parsed.file.data),
        "rows_read": parsed.rows_read,
        "rows_landed": len(parsed.rows),
        "rows_rejected": len(parsed.rejects),
        "top_code_hourly": parsed.top_code[0],
        "top_code_annual": parsed.top_code[1],
        "notes": parsed.notes,
        "landed_at": now,
    }


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


def _now() -> datetime:
    """UTC, without a zone: both engines' columns have none."""
    return datetime.now(UTC).replace(tzinfo=None)

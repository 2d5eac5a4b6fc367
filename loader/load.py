"""Lands a release: every registered file, block by block, as one load that counts as a whole or not
at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

import structlog

from loader.errors import LoaderError
from loader.file_registry import ReleaseFile
from loader.load_plan import LoadPlan, plan_load
from loader.reader import MAX_REJECTS, Block, FileReader, Reject
from loader.release import Release
from loader.settings import Settings
from loader.store import FileResult, Store

log = structlog.get_logger()

OnBlock = Callable[[str, int, int], None]
"""Told file, bytes read of it and its size."""


@dataclass
class LoadResult:
    """What became of a run."""

    load_id: int
    release: str
    is_new: bool
    plan: LoadPlan
    results: list[FileResult] = field(default_factory=list)


@dataclass
class CheckResult:
    """What a dry run found in one file."""

    name: str
    table: str
    rows: int = 0
    bytes: int = 0
    rejects: list[Reject] = field(default_factory=list)
    problem: str | None = None
    left_out: str | None = None
    """Why the file would not be landed, where the load goes on without it."""


def load_release(
    settings: Settings,
    store: Store,
    release: Release,
    *,
    force: bool = False,
    on_block: OnBlock | None = None,
) -> LoadResult:
    """Lands the release; what a new load would only repeat is left alone unless forced.

    Raises:
        LoaderError: a required file is absent, a header of a file that is required or used is not a
            known one, or too many rows of a file cannot be landed. Nothing of the load counts then.
    """
    plan = plan_load(release, settings.without)
    if plan.missing:
        raise LoaderError(plan.missing)
    store.prepare()
    newest = store.newest_complete_load()
    if newest and newest.release == release.number and not force:
        before = (newest.file_checksums, newest.not_loaded)
        if not plan.problems and before == (
            _checksums(_digests(release, plan.files)),
            plan.not_loaded_json,
        ):
            log.info(
                "this release with these checksums is landed already; --force repeats it",
                load_id=newest.load_id,
                release=release.number,
            )
            return LoadResult(newest.load_id, release.number, False, plan)
    load_id = store.begin_load(release.number, release.source, release.address, _now())
    rejects: list[tuple[str, Reject]] = []
    landed = LoadResult(load_id, release.number, True, plan)
    try:
        _refuse_unknown_headers(plan)
        # whatever fails, its thread has ended before the release is closed
        with closing(_ahead(_read(release, plan.files))) as read:
            for reader, blocks in groupby(read, key=itemgetter(0)):
                landed.results.append(
                    _land_file(
                        settings,
                        store,
                        release,
                        reader,
                        map(itemgetter(1), blocks),
                        load_id,
                        rejects,
                        on_block,
                    )
                )
        landed.results += plan.not_landed
        checksums = _checksums(
            {result.file_name: result.sha256 for result in landed.results if result.sha256}
        )
        store.complete(load_id, landed.results, rejects, checksums, plan.not_loaded_json, _now())
    except LoaderError as error:
        store.fail(load_id, rejects[:MAX_REJECTS], str(error), _now())
        raise
    for warning in plan.warnings:
        log.warning(warning)
    return landed


def check_release(settings: Settings, release: Release, plan: LoadPlan) -> Iterable[CheckResult]:
    """Reads every registered file as landing would, writing nothing."""
    for file in plan.there:
        found = CheckResult(
            file.name,
            file.table,
            bytes=release.files[file.name],
            left_out=plan.left_out.get(file.name),
        )
        try:
            if not found.left_out:
                with release.open(file.name) as stream:
                    for block in FileReader(file, stream).blocks():
                        found.rows += len(block.line_numbers) + len(block.rejects)
                        found.rejects += block.rejects
                found.problem = _too_many(settings, file.name, found.rows, len(found.rejects))
        except LoaderError as error:
            found.problem = plan.headers.get(file.name, str(error))
        yield found


def _refuse_unknown_headers(plan: LoadPlan) -> None:
    if plan.problems:
        raise LoaderError("\n".join(plan.problems))


def _read(release: Release, files: Iterable[ReleaseFile]) -> Iterator[tuple[FileReader, Block]]:
    """Every block of these files, in order."""
    for file in files:
        with release.open(file.name) as stream:
            reader = FileReader(file, stream)
            for block in reader.blocks():
                yield reader, block


def _ahead(blocks: Iterator[tuple[FileReader, Block]]) -> Generator[tuple[FileReader, Block]]:
    """The same, each read and checked in a thread while the one before it is written."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading") as reading:
        coming = reading.submit(next, blocks, None)
        while block := coming.result():
            coming = reading.submit(next, blocks, None)
            yield block


def _land_file(
    settings: Settings,
    store: Store,
    release: Release,
    reader: FileReader,
    blocks: Iterable[Block],
    load_id: int,
    rejects: list[tuple[str, Reject]],
    on_block: OnBlock | None,
) -> FileResult:
    file = reader.file
    read = written = rejected = 0
    for block in blocks:
        rejects += [(file.name, reject) for reject in block.rejects]
        rejected += len(block.rejects)
        read += len(block.line_numbers) + len(block.rejects)
        if block.line_numbers:
            arrived = store.write(load_id, file.name, file.table, block)
            if arrived != len(block.line_numbers):
                raise LoaderError(
                    f"{file.name}: {len(block.line_numbers)} rows were sent and {arrived} arrived."
                    " Nothing of this load counts"
                )
            written += arrived
        if on_block:
            on_block(file.name, block.bytes_after, release.files[file.name])
    if problem := _too_many(settings, file.name, read, rejected):
        raise LoaderError(problem)
    log.info(
        "landed",
        file=file.name,
        table=file.table,
        rows=written,
        rejected=rejected,
        bytes=reader.bytes,
    )
    return FileResult(
        file.name, file.table, "landed", reader.sha256, reader.bytes, read, written, rejected
    )


def _too_many(settings: Settings, name: str, read: int, rejected: int) -> str | None:
    if rejected > settings.loader_max_reject_share * read:
        return (
            f"{name}: {rejected} of {read} rows cannot be landed, more than the share of"
            f" {settings.loader_max_reject_share} that LOADER_MAX_REJECT_SHARE allows; see"
            " raw_reject, or `python -m loader check`, for each with its reason"
        )
    return None


def _digests(release: Release, files: Iterable[ReleaseFile]) -> dict[str, str]:
    digests = {}
    for file in files:
        digest = hashlib.sha256()
        with release.open(file.name) as stream:
            while chunk := stream.read(1024**2):
                digest.update(chunk)
        digests[file.name] = digest.hexdigest()
    return digests


def _checksums(digests: dict[str, str]) -> str:
    return json.dumps(digests, sort_keys=True)


def _now() -> datetime:
    """UTC, without a zone: both engines' columns have none."""
    return datetime.now(UTC).replace(tzinfo=None)

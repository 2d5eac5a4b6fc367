"""Which newer release, vintage or edition there is than what is landed, and what it would change.

Asks the publishers; lands nothing. BLS refuses scripts from most places: then the browser is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from loader.errors import LoaderError, SourceUnreachableError
from loader.labor.file_registry import BLS, DATASETS, ONET, WAGES, Dataset
from loader.labor.parse import ParsedFile, parse_file
from loader.labor.source import fetch_files
from loader.labor.tables import LABOR_FILE
from loader.labor.workbook import SUFFIXES
from loader.latest_release import find_newest_release
from loader.release import SAMPLE
from loader.settings import Settings
from loader.store import Store

State = Literal["newer", "same", "unknown"]


@dataclass(frozen=True)
class SourceCheck:
    """What one publisher offers beside what is landed."""

    name: str
    landed: str
    state: State
    found: str
    """What there is, what it would change and what to run; where it is unknown, why and where to
    look."""


@dataclass(frozen=True)
class Landed:
    """The newest vintage of a dataset, and its codes."""

    vintage: str
    vintage_name: str
    sha256: str
    codes: frozenset[tuple[str, ...]]


def read_landed(store: Store) -> tuple[str | None, dict[str, Landed]]:
    """The landed O*NET release, null where there is none, and the newest vintage of each
    dataset."""
    store.prepare()
    newest = store.newest_complete_load()
    columns = ["dataset", "vintage", "vintage_name", "sha256"]
    files = sorted(
        store.side_rows(LABOR_FILE, ["load_id", *columns]), key=lambda row: (row[2], row[0])
    )
    latest = {row[1]: row[2:] for row in files}  # the highest vintage, and of that the highest load
    landed = {}
    for dataset in DATASETS:
        if dataset.name in latest:
            vintage, name, sha256 = latest[dataset.name]
            where = {"vintage": vintage} | (
                {"dataset": dataset.name} if "dataset" in dataset.table.columns else {}
            )
            rows = store.side_rows(dataset.table, list(dataset.codes), where)
            landed[dataset.name] = Landed(vintage, name, sha256, frozenset(rows))
    return newest.release if newest else None, landed


def check_sources(
    settings: Settings, release: str | None, landed: dict[str, Landed]
) -> Iterator[SourceCheck]:
    """One answer per source: the O*NET Database, then every kind of labour-market file."""
    yield _check_release(settings, release)
    for dataset in DATASETS:
        yield _check_dataset(settings, dataset, landed.get(dataset.name))


def _check_release(settings: Settings, release: str | None) -> SourceCheck:
    has = release or "nothing"
    try:
        newest = find_newest_release(settings)
    except LoaderError as error:
        return SourceCheck("O*NET Database", has, "unknown", str(error))
    if release and release != SAMPLE and _numbers(newest) <= _numbers(release):
        return SourceCheck("O*NET Database", has, "same", f"{newest} is the newest")
    advice = (
        f"{newest} is there: ONET_SOURCE={newest} make build; docs/new-release.md says what to"
        " review"
    )
    return SourceCheck("O*NET Database", has, "newer", advice)


def _numbers(release: str) -> list[int]:
    return [int(part) for part in release.split(".")]


def _check_dataset(settings: Settings, dataset: Dataset, landed: Landed | None) -> SourceCheck:
    has = landed.vintage_name if landed else "nothing"

    def say(state: State, found: str) -> SourceCheck:
        return SourceCheck(dataset.title, has, state, found)

    address = _address(settings, dataset, landed)
    if not address.partition("?")[0].endswith((*SUFFIXES, ".zip")):
        return say("unknown", f"{address} is a page: look there")
    try:
        offered = [
            each
            for file in fetch_files(settings, address)
            for each in parse_file(file)
            if each.dataset is dataset
        ]
    except SourceUnreachableError as error:
        if dataset is WAGES and landed and "HTTP 404" in str(error):
            return say("same", f"{address} is not there yet")
        return say("unknown", str(error))
    except LoaderError as error:
        return say("newer", f"{address} cannot be read as what it was: {error}")
    if not offered:
        return say(
            "newer",
            f"{address} has none of the known headings any more; see loader/labor/file_registry.py",
        )
    return _compare(say, offered[-1], landed, address)


def _address(settings: Settings, dataset: Dataset, landed: Landed | None) -> str:
    """Where the newest is. Wages have an address for each year: that of the year after the landed
    one."""
    address = dataset.official_address
    if dataset is WAGES and landed:
        address = f"{BLS}/oes/special-requests/oesm{(int(landed.vintage[:4]) + 1) % 100:02d}nat.zip"
    return address.replace(BLS, settings.bls_site.rstrip("/")).replace(
        ONET, settings.onet_site.rstrip("/")
    )


def _compare(
    say: Callable[[State, str], SourceCheck],
    offered: ParsedFile,
    landed: Landed | None,
    address: str,
) -> SourceCheck:
    advice = f"python -m loader labor {address}"
    if landed is None:
        return say(
            "newer", f"{offered.vintage.name} is there, {len(offered.rows):,} rows: {advice}"
        )
    if offered.sha256 == landed.sha256:
        return say("same", "the same file")
    codes = {tuple(row[code] for code in offered.dataset.codes) for row in offered.rows}
    changes = (
        f"{len(codes - landed.codes):,} codes or pairs more, {len(landed.codes - codes):,} gone"
    )
    if offered.vintage.key > landed.vintage:
        return say(
            "newer",
            f"{offered.vintage.name} is there, {len(offered.rows):,} rows, {changes}: {advice}",
        )
    if offered.vintage.key < landed.vintage:
        return say("same", f"an older one is there, {offered.vintage.name}")
    return say("newer", f"the file of {offered.vintage.name} was changed, {changes}: {advice}")

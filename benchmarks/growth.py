"""What one more copy of the occupations costs: landing, building and publishing 1, 2, 4 and 8
copies, per row.

Flat but for the models that compare occupations in pairs: their number is the square of that of the
occupations.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import synthetic_releases as synthetic
from benchmarks.build import OF_PAIRS, build
from benchmarks.commands import Engine, MysqlServer, new_warehouse
from benchmarks.ratios import Measured
from benchmarks.report import Section

TITLE = "Growth"
COPIES = (1, 2, 4, 8)


@dataclass(frozen=True)
class GrowthResult:
    """One size on one engine. Seconds, bytes."""

    engine: Engine
    copies: int
    rows: int
    land: float
    nodes: float
    """dbt's nodes but those of pairs."""
    pairs: float
    overhead: float
    """dbt's own work."""
    publication: float
    land_peak: int
    build_peak: int


def measure(
    engines: Sequence[Engine],
    server: MysqlServer | None,
    files: Sequence[Path],
    every: int,
    progress: Callable[[str], None],
) -> list[GrowthResult]:
    """Each size once, from every `every`th occupation, in a new warehouse."""
    grown = []
    for copies in COPIES:
        with tempfile.TemporaryDirectory(prefix="onet-benchmarks-") as place:
            release = synthetic.copies(files, Path(place) / "release", copies, every)
            for engine in engines:
                progress(f"{engine}: growth, occupations x {copies}")
                grown.append(_measure_copies(engine, server, release, copies))
    return grown


def _measure_copies(
    engine: Engine, server: MysqlServer | None, release: Path, copies: int
) -> GrowthResult:
    with new_warehouse(engine, server) as warehouse:
        load, rows = synthetic.land(warehouse, release)
        built = build(warehouse)
    nodes = sum(built.nodes.values())
    return GrowthResult(
        engine,
        copies,
        rows,
        load.inside,
        nodes - built.of_pairs,
        built.of_pairs,
        built.dbt - nodes,
        built.publication,
        load.peak,
        built.run.peak,
    )


def section(grown: Sequence[GrowthResult], every: int) -> Section:
    base = (
        "the release's occupations"
        if every == 1
        else f"one in {every} of the release's occupations"
    )
    shown = Section(
        f"{TITLE}: copies of {base}; seconds and MB (in brackets ms per 1,000 landed rows and kB"
        " per row)",
        (
            "",
            "rows",
            "land",
            "dbt's nodes but pairs",
            "pairs",
            "dbt's own",
            "publication",
            "loader's peak",
            "build's peak",
        ),
    )
    for one in grown:
        times = [
            f"{taken:.2f} ({taken / one.rows * 1e6:.1f})"
            for taken in (one.land, one.nodes, one.pairs, one.overhead, one.publication)
        ]
        peaks = [
            f"{peak / 1e6:.0f} ({peak / one.rows / 1e3:.2f})"
            for peak in (one.land_peak, one.build_peak)
        ]
        shown.rows.append((f"{one.engine}, {one.copies} x", f"{one.rows:,}", *times, *peaks))
        shown.figures.append(asdict(one))
    shown.notes = [
        (
            "Each copy has codes of its own and relates to itself; files without occupations are"
            f" there once. So {COPIES[-1]} copies of one in four are two releases. One run of each"
            " size, every dbt test passed. Landing without the process's start and imports."
        ),
        (
            f"Pairs: {', '.join(OF_PAIRS)} and the tests on them. dbt's own work does not depend on"
            " rows. mysqld's memory is not counted."
        ),
    ]
    return shown


def ratios(grown: Sequence[GrowthResult]) -> Measured:
    """Per row, at the most copies beside half of them: beside one, what does not depend on rows
    would hide what grows."""
    of: dict[str, Callable[[GrowthResult], float]] = {
        "growth of landing": lambda one: one.land,
        "growth of building": lambda one: one.nodes,
        "growth of memory": lambda one: max(one.land_peak, one.build_peak),
    }
    found: Measured = {}
    for name, value in of.items():
        for engine in {one.engine for one in grown}:
            per_row = {one.copies: value(one) / one.rows for one in grown if one.engine == engine}
            found.setdefault(name, {})[engine] = per_row[COPIES[-1]] / per_row[COPIES[-2]]
    return found

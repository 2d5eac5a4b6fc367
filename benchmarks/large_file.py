"""Landing a release whose skills are there many times over: the loader's memory must not grow with
the size of a file."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import synthetic_releases as synthetic
from benchmarks.commands import Engine, MysqlServer, Run, new_warehouse
from benchmarks.load import Landing
from benchmarks.ratios import Measured
from benchmarks.report import Section, megabytes

COPIES = 100
"""So many the aim is for."""
TARGET_BYTES = 700_000_000


@dataclass(frozen=True)
class LargeFileResult:
    """One landing on one engine."""

    engine: Engine
    load: Run
    bytes: int
    rows: int
    ordinary_peak: float
    """Of the release as it is: the median."""


def measure(
    landings: Sequence[Landing], server: MysqlServer | None, files: Sequence[Path], copies: int
) -> list[LargeFileResult]:
    found = []
    with tempfile.TemporaryDirectory(prefix="onet-benchmarks-") as place:
        release = synthetic.many_skills(files, Path(place) / "release", copies)
        size = sum(path.stat().st_size for path in release.iterdir())
        for landing in landings:
            with new_warehouse(landing.engine, server) as warehouse:
                load, rows = synthetic.land(warehouse, release)
            found.append(
                LargeFileResult(
                    landing.engine,
                    load,
                    size,
                    rows,
                    median(ordinary.peak for ordinary in landing.loads),
                )
            )
    return found


def section(found: Sequence[LargeFileResult], copies: int) -> Section:
    shown = Section(
        f"Landing Skills {copies} times over, {found[0].bytes / 1e6:.0f} MB of text (one run)",
        (
            "",
            "seconds",
            "rows",
            "peak of the release as it is",
            "peak",
            f"aim: < {megabytes(TARGET_BYTES)}",
        ),
    )
    for big in found:
        peaks = (megabytes(big.ordinary_peak), megabytes(big.load.peak))
        verdict = "met" if big.load.peak < TARGET_BYTES else "missed"
        shown.rows.append(
            (
                f"loader land on {big.engine}",
                f"{big.load.whole:.1f}",
                f"{big.rows:,}",
                *peaks,
                verdict,
            )
        )
        shown.figures.append(
            {
                "engine": big.engine,
                "copies": copies,
                "bytes": big.bytes,
                "rows": big.rows,
                "seconds": big.load.whole,
                "peak_bytes": big.load.peak,
                "ordinary_peak_bytes": big.ordinary_peak,
            }
        )
    shown.notes = [
        "What every release must have, the rows of its skills repeated. The whole Python process;"
        " mysqld is not counted."
    ]
    return shown


def ratios(found: Sequence[LargeFileResult], copies: int) -> Measured:
    """Nothing where the file is another than the aim is for."""
    return (
        {"big file": {big.engine: big.load.peak / 1e6 for big in found}} if copies == COPIES else {}
    )

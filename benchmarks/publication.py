"""What readers notice of a publication: their p99 while a changed release is published, beside
their p99 when nothing happens."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import synthetic_releases as synthetic
from benchmarks.commands import ROOT, Warehouse
from benchmarks.paused_build import BUILT
from benchmarks.ratios import Measured
from benchmarks.report import Section
from benchmarks.serving import API_PER_SECOND, CONNECTIONS, Pairs, ask, gaps, percentile, server
from tests.support.mysql_server import DURABLE, QUICK

HEAD_START = 0.5
"""Seconds that the load generator has to begin before publication does."""
AFTERWARDS = 1.0
"""Seconds after publication that count: readers go over to it then."""


@dataclass(frozen=True)
class Published:
    """One publication on one engine. Seconds."""

    engine: str
    rows: int
    """Of all live tables."""
    written: int
    taken: float
    quiet: list[float]
    """The p99 of each repeat."""
    during: list[float]
    """The latency of each answer that was under way."""


def measure(
    warehouses: Sequence[Warehouse],
    files: Sequence[Path],
    folder: Path,
    repeats: int,
    seconds_each: float,
) -> list[Published]:
    """In warehouses where the release is live; afterwards the changed one is, and MySQL's server is
    a durable one."""
    changed = synthetic.moved_levels(files, folder / "changed")
    return [
        _measure(warehouse, changed, repeats, seconds_each / repeats) for warehouse in warehouses
    ]


def _measure(warehouse: Warehouse, changed: Path, repeats: int, seconds: float) -> Published:
    if warehouse.server:
        warehouse.server.restart(QUICK, DURABLE)
    synthetic.land(warehouse, changed)
    pairs = Pairs.of(warehouse)
    with ExitStack() as stack:
        port, _ = stack.enter_context(
            server(
                ["-m", "api"],
                warehouse.environment("api"),
                warehouse.dir.parent / "publishing.api.log",
            )
        )
        publish = stack.enter_context(_built(warehouse))

        def answers() -> dict[str, Any]:
            return ask(port, gaps(pairs.take(int(API_PER_SECOND * seconds)), "missing"), seconds)

        answers()
        quiet = [percentile(answers()["latencies"], 0.99) for _ in range(repeats)]
        before = _written(warehouse)
        publication = stack.enter_context(ThreadPoolExecutor()).submit(publish)
        seen, is_over = [], False
        while not is_over:
            is_over = publication.done()
            seen.append(answers())  # once more after its end
        began, ended = publication.result()
    during = [
        latency
        for one in seen
        for asked, latency in zip(one["asked"], one["latencies"], strict=True)
        if asked + latency > began and asked < ended + AFTERWARDS
    ]
    rows = _rows(warehouse)
    written = _written(warehouse) - before if warehouse.server else rows
    return Published(warehouse.engine, rows, written, ended - began, quiet, during)


@contextmanager
def _built(warehouse: Warehouse) -> Iterator[Callable[[], tuple[float, float]]]:
    """A build that has done all but publish. Yields what publishes it, a little later, and gives
    when that began and ended.

    Raises:
        RuntimeError: the build or the publication failed, with what it printed.
    """
    log = warehouse.dir.parent / "held.log"
    with log.open("wb") as output:
        build = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.paused_build"],
            cwd=ROOT,
            env=warehouse.environment("dbt"),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
        )
    try:
        if not any(line.strip() == BUILT for line in build.stdout or ()):
            raise RuntimeError(f"the build failed:\n{log.read_text()}")

        def publish() -> tuple[float, float]:
            time.sleep(HEAD_START)
            said, _ = build.communicate("\n")
            if build.returncode:
                raise RuntimeError(f"the publication failed:\n{log.read_text()}")
            began, ended = json.loads(said.splitlines()[-1])
            return began, ended

        yield publish
    finally:
        build.kill()
        build.wait()


def _written(warehouse: Warehouse) -> int:
    """Rows that the server has written since it started; its own tables' do not count there."""
    if not warehouse.server:
        return 0
    counted = dict(warehouse.query("show global status like 'Innodb_rows_%'"))
    return sum(int(counted[f"Innodb_rows_{what}"]) for what in ("inserted", "updated", "deleted"))


def _rows(warehouse: Warehouse) -> int:
    core = f"table_schema = '{warehouse.name}_core' and table_type = 'BASE TABLE'"
    tables = warehouse.query(f"select table_name from information_schema.tables where {core}")
    return sum(
        warehouse.query(f"select count(*) from {{core}}.{table}")[0][0] for (table,) in tables
    )


def section(found: Sequence[Published]) -> Section:
    shown = Section(
        f"Readers of pairs never asked before, on {CONNECTIONS} connections, while a changed"
        " release is published",
        (
            "",
            "publication: seconds",
            "rows written",
            "of",
            "quiet p99 ms: median, range",
            "p99 ms during",
            "slowest ms",
            "answers",
            "ratio",
        ),
    )
    for one in found:
        quiet = [each * 1000 for each in one.quiet]
        during = [each * 1000 for each in (percentile(one.during, 0.99), max(one.during))]
        shown.rows.append(
            (
                f"publish on {one.engine}",
                f"{one.taken:.1f}",
                f"{one.written:,}",
                f"{one.rows:,}",
                f"{median(quiet):.1f} ({min(quiet):.1f}-{max(quiet):.1f})",
                *(f"{each:.1f}" for each in during),
                f"{len(one.during):,}",
                f"{_ratio(one):.2f}",
            )
        )
        shown.figures.append(asdict(one))
    shown.notes = [
        (
            f"{synthetic.STEP} more or less at one in {synthetic.EVERY_LEVEL} of the levels of"
            " skills that their bounds let move, landed and built before. One publication; answers"
            f" that were under way in it and in the {AFTERWARDS:.0f} s after."
        ),
        (
            "MySQL durable and with its binary log, its small buffers as before; only rows that"
            " differ are written. DuckDB writes a new file."
        ),
        "Load generator, API, publisher and mysqld share this machine's cores.",
    ]
    return shown


def _ratio(one: Published) -> float:
    return percentile(one.during, 0.99) / median(one.quiet)


def ratios(found: Sequence[Published]) -> Measured:
    return {"publish": {one.engine: _ratio(one) for one in found}}

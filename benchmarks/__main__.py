"""`python -m benchmarks`: every figure in one run, on this machine, each engine beside its own
ceiling. Everything it makes is thrown away.

ONET_SOURCE names the release (zip or folder). MySQL's half needs mysqld, on the PATH or in MYSQLD.
BENCH_REPEATS (3), BENCH_SERVING_SECONDS (8, for each server) and BENCH_BIG_COPIES (100, of Skills)
bound the time that it takes. Exit code 3: a ratio is behind what `benchmarks/ratios.json` has
recorded of it; `--record` records this run's instead.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from rich.console import Console

from benchmarks import build as building
from benchmarks import endpoints, page, ratios, serving
from benchmarks import growth as growing
from benchmarks import large_file as big_file
from benchmarks import load as landing
from benchmarks import plot as plotting
from benchmarks import publication as publishing
from benchmarks import startup as starting
from benchmarks.commands import ROOT, MysqlServer, Warehouse, new_warehouse, start
from benchmarks.report import Section, machine, megabytes, show, write

TARGET_BYTES = 500_000_000
SAMPLE = "sample"
console = Console(width=150)
progress = Console(stderr=True)


def main() -> int:
    options = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument(
        "--record",
        action="store_true",
        help="record this run's ratios as what later runs are compared with",
    )
    is_to_record: bool = options.parse_args().record
    source = os.environ.get("ONET_SOURCE", "")
    if not source or (source == SAMPLE and is_to_record):
        console.print(
            "ONET_SOURCE: name the zip or folder of a release to measure with, as db_29_2_text.zip"
            " (or `sample` for a quick check, of which nothing is recorded)"
        )
        return 1
    if source != SAMPLE:
        source = str(Path(source).resolve())
    mysqld = os.environ.get("MYSQLD") or shutil.which("mysqld")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="onet-benchmarks-")))
        server = stack.enter_context(start(mysqld)) if mysqld else None
        about = machine(_version(server) if server else None) | {
            "source": Path(source).name,
            "aim_peak_bytes": TARGET_BYTES,
        }
        _introduce(about, source)
        sections, measured = _measure(stack, folder, server, source, about)
    compared = ratios.compare(measured)
    sections.append(ratios.section(compared))
    show(console, sections[-1])
    path = write(about, sections)
    console.print(
        f"Every repeat's figures: {path.relative_to(ROOT)}, drawn:"
        f" {plotting.draw(path).relative_to(ROOT)}",
        highlight=False,
    )
    if is_to_record:
        ratios.record(measured)
        return 0
    return ratios.judge(console, compared) if source != SAMPLE else 0


def _introduce(about: dict[str, object], source: str) -> None:
    console.print(
        "{processor}, {cores} cores, {memory_gb} GB, {system}; Python {python}, DuckDB {duckdb},"
        " MySQL {mysql}; load average {load_average_at_start} at the start.".format(**about),
        highlight=False,
        soft_wrap=True,
    )
    if about["mysql"]:
        console.print(
            "MySQL: a private server with the tests' settings (durability off, small buffers), unix"
            " socket.",
            highlight=False,
        )
    else:
        console.print("No mysqld on the PATH or in MYSQLD: MySQL is left out.", style="yellow")
    if source == SAMPLE:
        console.print(
            "The sample is a dozen occupations: these figures show that the benchmark runs and mean"
            " nothing else.",
            style="yellow",
        )
    console.print()


def _measure(
    stack: ExitStack,
    folder: Path,
    server: MysqlServer | None,
    source: str,
    about: dict[str, object],
) -> tuple[list[Section], ratios.Measured]:
    repeats = int(os.environ.get("BENCH_REPEATS", "3"))
    seconds = float(os.environ.get("BENCH_SERVING_SECONDS", "8"))
    big_copies = int(os.environ.get("BENCH_BIG_COPIES", big_file.COPIES))
    sections: list[Section] = []

    def tell(what: str) -> None:
        progress.print(what, style="dim")

    def add(section: Section) -> None:
        sections.append(section)
        show(console, section)

    (folder / "files").mkdir()
    files = landing.unpack(source, folder / "files")
    paths = [file.path for file in files]
    landings = [landing.Landing("duckdb"), *([landing.Landing("mysql")] if server else [])]
    builds = [building.Builds(each.engine) for each in landings]
    warehouses: list[Warehouse] = []
    for repeat in range(repeats):
        for landed, built in zip(landings, builds, strict=True):
            tell(f"{landed.engine}: landing and building, {repeat + 1} of {repeats}")
            with ExitStack() as one:
                warehouse = one.enter_context(new_warehouse(landed.engine, server))
                landing.measure(landed, warehouse, source, files)
                building.measure(built, warehouse)
                if repeat == repeats - 1:
                    warehouses.append(warehouse)
                    stack.enter_context(one.pop_all())
    ((release, rows),) = warehouses[0].raw(
        "select release, rows_landed from {raw}.raw_load where state = 'complete'"
    )
    about |= {"release": release, "rows_landed": rows, "repeats": repeats}
    add(landing.section(landings, rows, sum(path.stat().st_size for path in paths), release))
    add(building.section(builds))
    tell("starting")
    add(starting.section(starting.measure(warehouses, source, repeats)))
    tell("serving")
    served, api_peaks, ran_out = serving.measure(warehouses, repeats, seconds)
    add(serving.section(served, seconds, repeats, ran_out))
    tell("all endpoints")
    asked = endpoints.measure(warehouses, repeats, seconds)
    add(endpoints.section(asked, seconds, repeats))
    tell("the page")
    if seen := page.measure(warehouses):
        add(page.section(seen))
    else:
        console.print(
            "No chromium on the PATH or in CHROMIUM: the page is left out.", style="yellow"
        )
    add(_memory([*landing.memory(landings), *building.memory(builds), *api_peaks]))
    tell(f"landing Skills {big_copies} times over")
    big = big_file.measure(landings, server, paths, big_copies)
    add(big_file.section(big, big_copies))
    every = 1 if source == SAMPLE else 4  # a quarter: eight copies are two releases
    grown = growing.measure([each.engine for each in landings], server, paths, every, tell)
    add(growing.section(grown, every))
    tell("publishing")
    published = publishing.measure(warehouses, paths, folder, repeats, seconds)
    add(publishing.section(published))
    about["load_average_at_end"] = round(os.getloadavg()[0], 2)
    console.print(
        f"Load average {about['load_average_at_end']} at the end; above 2 or so, something else was"
        " running.",
        highlight=False,
    )
    measured = (
        landing.ratios(landings)
        | serving.ratios(served)
        | endpoints.ratios(asked)
        | big_file.ratios(big, big_copies)
    )
    return sections, measured | growing.ratios(grown) | publishing.ratios(published)


def _memory(peaks: list[tuple[str, str, list[int]]]) -> Section:
    section = Section(
        "Peak resident memory of one process",
        ("", "engine", "peak: median", "largest", f"aim: < {megabytes(TARGET_BYTES)}"),
    )
    for process, engine, values in peaks:
        verdict = "met" if max(values) < TARGET_BYTES else "missed"
        section.rows.append(
            (process, engine, megabytes(median(values)), megabytes(max(values)), verdict)
        )
        section.figures.append({"process": process, "engine": engine, "peak_bytes": values})
    section.notes = [
        "The whole Python process, DuckDB with it; mysqld is not counted. The API's is after all"
        " the requests above."
    ]
    return section


def _version(server: MysqlServer) -> str:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("select version()")
        return str(cursor.fetchall()[0][0])


if __name__ == "__main__":
    sys.exit(main())

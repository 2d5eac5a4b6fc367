"""`python -m bench`: every figure in one run, on this machine, each engine beside its own ceiling. Everything it makes is thrown away.

ONET_SOURCE names the release (zip or folder). MySQL's half needs mysqld, on the PATH or in MYSQLD.
BENCH_REPEATS (3) and BENCH_SERVING_SECONDS (8, for each server) bound the time that it takes.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from rich.console import Console

from bench import building, landing, page, serving, starting
from bench.commands import ROOT, MysqlServer, Warehouse, make_warehouse, start
from bench.report import Section, machine, megabytes, show, write

AIM_BYTES = 500_000_000
console = Console(width=150)
progress = Console(stderr=True)


def main() -> int:
    source = os.environ.get("ONET_SOURCE", "")
    if not source:
        console.print(
            "ONET_SOURCE: name the zip or folder of a release to measure with, as db_29_2_text.zip (or `sample` for a quick check)"
        )
        return 1
    if source != "sample":
        source = str(Path(source).resolve())
    repeats = int(os.environ.get("BENCH_REPEATS", "3"))
    serving_seconds = float(os.environ.get("BENCH_SERVING_SECONDS", "8"))
    mysqld = os.environ.get("MYSQLD") or shutil.which("mysqld")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="onet-bench-")))
        server = stack.enter_context(start(mysqld)) if mysqld else None
        sections, about = _measure(stack, folder, server, source, repeats, serving_seconds)
    path = write(about, sections)
    console.print(f"Every repeat's figures: {path.relative_to(ROOT)}", highlight=False)
    return 0


def _measure(
    stack: ExitStack, folder: Path, server: MysqlServer | None, source: str, repeats: int, serving_seconds: float
) -> tuple[list[Section], dict[str, object]]:
    about = machine(_version(server) if server else None)
    about |= {"source": Path(source).name, "repeats": repeats, "aim_peak_bytes": AIM_BYTES}
    console.print(
        "{processor}, {cores} cores, {memory_gb} GB, {system}; Python {python}, DuckDB {duckdb}, MySQL {mysql}; "
        "load average {load_average_at_start} at the start.".format(**about),
        highlight=False,
        soft_wrap=True,
    )
    if server:
        console.print("MySQL: a private server with the tests' settings (durability off, small buffers), unix socket.", highlight=False)
    else:
        console.print("No mysqld on the PATH or in MYSQLD: MySQL is left out.", style="yellow")
    if source == "sample":
        console.print(
            "The sample is a dozen occupations: these figures show that the benchmark runs and mean nothing else.", style="yellow"
        )
    console.print()

    (folder / "files").mkdir()
    files = landing.unpack(source, folder / "files")
    landings = [landing.Landing("duckdb"), *([landing.Landing("mysql")] if server else [])]
    builds = [building.Builds(each.engine) for each in landings]
    warehouses: list[Warehouse] = []
    for repeat in range(repeats):
        for landed, built in zip(landings, builds, strict=True):
            progress.print(f"{landed.engine}: landing and building, {repeat + 1} of {repeats}", style="dim")
            with ExitStack() as one:
                place = folder / f"{landed.engine}-{repeat}"
                place.mkdir()
                warehouse = one.enter_context(make_warehouse(landed.engine, place / "warehouse", server))
                landing.measure(landed, warehouse, source, files)
                building.measure(built, warehouse)
                if repeat == repeats - 1:
                    warehouses.append(warehouse)
                    stack.enter_context(one.pop_all())
    ((release, rows),) = warehouses[0].raw("select release, rows_landed from {raw}.raw_load where state = 'complete'")
    about |= {"release": release, "rows_landed": rows}
    sections = [
        landing.section(landings, rows, sum(file.path.stat().st_size for file in files), release),
        building.section(builds),
    ]
    for section in sections:
        show(console, section)
    progress.print("starting", style="dim")
    sections.append(starting.section(starting.measure(warehouses, source, repeats)))
    progress.print("serving", style="dim")
    served, api_peaks, ran_out = serving.measure(warehouses, repeats, serving_seconds)
    sections.append(serving.section(served, serving_seconds, repeats, ran_out))
    progress.print("the page", style="dim")
    if seen := page.measure(warehouses):
        sections.append(page.section(seen))
    else:
        console.print("No chromium on the PATH or in CHROMIUM: the page is left out.", style="yellow")
    sections.append(_memory([*landing.memory(landings), *building.memory(builds), *api_peaks]))
    for section in sections[2:]:
        show(console, section)
    about["load_average_at_end"] = round(os.getloadavg()[0], 2)
    console.print(
        "Load average {load_average_at_end} at the end; above 2 or so, something else was running.".format(**about), highlight=False
    )
    return sections, about


def _memory(peaks: list[tuple[str, str, list[int]]]) -> Section:
    section = Section("Peak resident memory of one process", ("", "engine", "peak: median", "largest", f"aim: < {megabytes(AIM_BYTES)}"))
    for process, engine, values in peaks:
        verdict = "met" if max(values) < AIM_BYTES else "missed"
        section.rows.append((process, engine, megabytes(median(values)), megabytes(max(values)), verdict))
        section.figures.append({"process": process, "engine": engine, "peak_bytes": values})
    section.notes = ["The whole Python process, DuckDB with it; mysqld is not counted. The API's is after all the requests above."]
    return section


def _version(server: MysqlServer) -> str:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("select version()")
        return str(cursor.fetchall()[0][0])


if __name__ == "__main__":
    sys.exit(main())

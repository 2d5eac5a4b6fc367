"""`python -m tests.fault_injection`: every promise of the README under load and under faults,
seeded; a table of what was tried, held and lost.

MySQL's half needs mysqld, on the PATH or in MYSQLD. Minutes; exit code 1 at the first promise that
does not hold.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.commands import MysqlServer, make_warehouse, start
from benchmarks.report import Section, show
from tests.fault_injection import faults, readers
from tests.fault_injection import kill_points as kills
from tests.fault_injection.releases import InvariantViolationError, make_release_pair
from tests.support.mysql_server import DURABLE

console = Console(width=150)
progress = Console(stderr=True)


def main(
    seed: Annotated[
        int,
        typer.Option(
            help="Of all random moments: the same seed strikes at the same shares of each run."
        ),
    ] = 20250211,
    duckdb_strikes: Annotated[
        int, typer.Option(help="On loads and builds; as many again on publications.")
    ] = 200,
    mysql_strikes: Annotated[
        int, typer.Option(help="On loads and builds; as many again on publications.")
    ] = 40,
    publications: Annotated[int, typer.Option(help="That readers read through.")] = 10,
    times: Annotated[int, typer.Option(help="That each other fault is tried.")] = 6,
    engine: Annotated[str, typer.Option(help="`duckdb` or `mysql` alone.")] = "",
) -> None:
    """Strike loads, builds, publications, the server and the disk; read all the while."""
    mysqld = os.environ.get("MYSQLD") or shutil.which("mysqld")
    sections = [
        Section(
            "Killed at a random moment",
            ("", "engine", "strikes", "killed", "new was live", "clean runs after", "lost"),
        ),
        Section(
            "Eight clients, all the while",
            ("", "engine", "answers", "errors", "mixed", "outside the restart"),
        ),
        Section("Faults", ("", "engine", "times", "lost")),
    ]
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="onet-fault-injection-"))
        )
        server = stack.enter_context(start(mysqld, DURABLE)) if mysqld else None
        if not server:
            console.print("No mysqld on the PATH or in MYSQLD: MySQL is left out.", style="yellow")
        try:
            for one, strikes in (
                ("duckdb", duckdb_strikes),
                *([("mysql", mysql_strikes)] if server else []),
            ):
                if engine in ("", one):
                    _one_engine(
                        folder / one,
                        one,
                        server,
                        strikes,
                        publications,
                        times,
                        random.Random(seed),
                        sections,
                    )
        except InvariantViolationError as broken:
            console.print(
                f"A PROMISE DOES NOT HOLD (seed {seed}): {broken}",
                style="bold red",
                highlight=False,
                markup=False,
            )
            raise typer.Exit(1) from None
    for section in sections:
        show(console, section)


def _one_engine(
    folder: Path,
    engine: str,
    server: MysqlServer | None,
    strikes: int,
    publications: int,
    times: int,
    chance: random.Random,
    sections: list[Section],
) -> None:
    def tell(what: str) -> None:
        progress.print(what, style="dim")

    folder.mkdir()
    editions = make_release_pair(folder / "editions")
    with make_warehouse(
        engine,  # type: ignore[arg-type]
        folder / "warehouse",
        server if engine == "mysql" else None,
    ) as warehouse:
        editions.learn(warehouse)
        struck = kills.strike_loads_and_builds(warehouse, editions, chance, strikes, tell)
        struck.append(kills.strike_publications(warehouse, editions, chance, strikes, tell))
        for one in struck:
            sections[0].rows.append(
                (
                    one.what,
                    engine,
                    f"{one.strikes}",
                    f"{one.killed}",
                    f"{one.new_is_live}",
                    f"{one.clean_runs}",
                    "0",
                )
            )
        for read in readers.read_through(warehouse, editions, publications, tell):
            sections[1].rows.append(read.row(engine))
        for fault in faults.survive(warehouse, editions, chance, times, tell):
            sections[2].rows.append((fault.what, engine, f"{fault.times}", "0"))


if __name__ == "__main__":
    typer.run(main)

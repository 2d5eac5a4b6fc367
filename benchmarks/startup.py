"""From the command to the first answer: the API alone, and `make run` where everything is there
already."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx2 as httpx

from benchmarks.commands import ROOT, Warehouse
from benchmarks.report import Section, seconds

GAP = "/skill-gap?from=11-1011.00&to=11-3013.00"
MOST_SECONDS = 120


@dataclass
class Starts:
    """Seconds, one figure per repeat."""

    what: str
    aim: float
    taken: list[float] = field(default_factory=list)


def measure(warehouses: Sequence[Warehouse], source: str, repeats: int) -> list[Starts]:
    """Each on a published warehouse. `make run` on DuckDB alone: on MySQL its steps are those of
    several users."""
    starts = [
        Starts(f"python -m api on {warehouse.engine}: import, start, first gap", 1.0)
        for warehouse in warehouses
    ]
    whole = Starts(
        "make run on duckdb, nothing new: land, build if changed, start, first gap", 15.0
    )
    for _ in range(repeats + 1):
        for start, warehouse in zip(starts, warehouses, strict=True):
            start.taken.append(
                _first_answer(
                    [sys.executable, "-m", "api"],
                    warehouse.environment("api"),
                    warehouse.dir.parent,
                )
            )
        for warehouse in warehouses:
            if warehouse.engine == "duckdb":  # the first time there is documentation to make
                environment = warehouse.environment("dbt") | {"ONET_SOURCE": source}
                whole.taken.append(
                    _first_answer(["make", "run"], environment, warehouse.dir.parent)
                )
    for start in (*starts, whole):
        del start.taken[0]
    return [*starts, whole]


def _first_answer(command: list[str], environment: dict[str, str], folder: Path) -> float:
    """Seconds from the command to the end of the first answer. RuntimeError with what was printed
    where none comes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "start.log"
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client, log.open("wb") as output:
        began = time.perf_counter()  # to make a client takes a while itself
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment | {"API_PORT": str(port)},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            while time.perf_counter() - began < MOST_SECONDS and process.poll() is None:
                try:
                    if client.get(GAP).status_code == 200:
                        return time.perf_counter() - began
                except httpx.TransportError:
                    time.sleep(0.01)
            raise RuntimeError(f"{' '.join(command)} does not answer:\n{log.read_text()}")
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def section(starts: Sequence[Starts]) -> Section:
    shown = Section("Start (seconds: median, range)", ("", "to the first answer", "aim"))
    for one in starts:
        verdict = "met" if median(one.taken) < one.aim else "missed"
        shown.rows.append((one.what, seconds(one.taken), f"< {one.aim:.0f} s: {verdict}"))
        shown.figures.append({"what": one.what, "seconds": one.taken})
    shown.notes = [
        "A process of its own each time, asked every 10 ms until it answers a pair. Files in the"
        " page cache."
    ]
    return shown

"""Runs the project's commands on a warehouse, as a user would, with a clock outside and one
inside."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.support.mysql_server import MysqlServer, start
from tests.support.warehouse import Role, Warehouse, make_warehouse

ROOT = Path(__file__).parent.parent

Engine = Literal["duckdb", "mysql"]

__all__ = [
    "ROOT",
    "Engine",
    "MysqlServer",
    "Role",
    "Run",
    "Warehouse",
    "make_warehouse",
    "new_warehouse",
    "run",
    "start",
]


@dataclass(frozen=True)
class Run:
    """One command that ended well. Seconds, bytes."""

    whole: float
    """From starting the process to its end."""
    imports: float
    inside: float
    """From after the imports to the end: neither the interpreter's start nor the room's imports."""
    calls: dict[str, float]
    peak: int


def run(
    warehouse: Warehouse,
    role: Role,
    room: str,
    arguments: Sequence[str],
    timed: Sequence[str] = (),
    **extra: str,
) -> Run:
    """`python -m ROOM ARGUMENTS` as that service; RuntimeError with what it printed where it
    fails."""
    out = warehouse.dir.parent / f"{warehouse.name}.inside.json"
    command = [
        sys.executable,
        "-m",
        "benchmarks.profiled_command",
        str(out),
        room,
        ",".join(timed),
        *arguments,
    ]
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=warehouse.environment(role) | extra,
        capture_output=True,
        text=True,
        check=False,
    )
    whole = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(
            f"python -m {room} {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}"
        )
    figures = json.loads(out.read_text())
    return Run(
        whole, figures["imports"], figures["inside"], figures["calls"], figures["peak_bytes"]
    )


@contextmanager
def new_warehouse(engine: Engine, server: MysqlServer | None) -> Iterator[Warehouse]:
    """An empty warehouse in a folder of its own, both thrown away."""
    with (
        tempfile.TemporaryDirectory(prefix="onet-benchmarks-") as place,
        make_warehouse(engine, Path(place) / "warehouse", server) as warehouse,
    ):
        yield warehouse

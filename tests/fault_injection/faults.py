"""What befalls a pipeline: no room on the disk, a crash of MySQL, a connection that is cut, another
pipeline at the same time."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.commands import ROOT, Role, Warehouse
from tests.fault_injection import forked_commands
from tests.fault_injection.kill_points import raw_tables
from tests.fault_injection.releases import (
    NUMBERS,
    InvariantViolationError,
    ReleasePair,
    require_error_messages,
    rows_of_dead_loads,
)


@dataclass(frozen=True)
class Survived:
    """A fault, and how often it was tried."""

    what: str
    times: int


def survive(
    warehouse: Warehouse,
    editions: ReleasePair,
    chance: random.Random,
    times: int,
    tell: Callable[[str], None],
) -> list[Survived]:
    """Each fault some times, at random sizes or moments; after each, what is live is whole and an
    undisturbed run succeeds."""
    faults: list[tuple[str, Callable[[int], None]]] = [
        ("no room on the disk", lambda number: _fill_disk(warehouse, editions, chance, number)),
        ("two pipelines at once", lambda number: _two_at_once(warehouse, editions, number)),
    ]
    if warehouse.server:
        faults += [
            (
                "MySQL killed (durable settings)",
                lambda number: _inject_fault(warehouse, editions, chance, number, _crash_server),
            ),
            (
                "connections cut",
                lambda number: _inject_fault(warehouse, editions, chance, number, _cut_connections),
            ),
        ]
    survived = []
    for what, fault in faults:
        for number in range(times):
            fault(number)
            _clean_run(warehouse, editions, chance.choice(NUMBERS))
        tell(f"{warehouse.engine}: {what}")
        survived.append(Survived(what, times))
    return survived


def _clean_run(warehouse: Warehouse, editions: ReleasePair, number: str) -> None:
    require_error_messages(warehouse)
    editions.live(warehouse)
    warehouse.land(editions.folders[number], "--release", number, "--force")
    if dead := rows_of_dead_loads(warehouse, raw_tables(warehouse)):
        raise InvariantViolationError(f"{dead} raw rows of loads that never became complete")
    warehouse.run("dbt", "dbt_onet", "build")
    if editions.live(warehouse)[0] != number:
        raise InvariantViolationError(f"{number} was landed and built, and is not live")


def _fill_disk(
    warehouse: Warehouse, editions: ReleasePair, chance: random.Random, number: int
) -> None:
    """No file of the process may grow beyond a few kilobytes: writes fail as on a full disk, at
    another place each time."""
    edition = chance.choice(NUMBERS)
    load = ["loader", "land", str(editions.folders[edition]), "--release", edition, "--force"]
    role, command = ("loader", load) if number % 2 else ("dbt", ["dbt_onet", "build"])
    before = editions.live(warehouse)
    done = _run(warehouse, role, command, limit=chance.randrange(1_000, 400_000))  # type: ignore[arg-type]
    if done.returncode and editions.live(warehouse) != before:
        raise InvariantViolationError(
            f"{command[0]} failed for want of room and changed what is live"
        )
    if "Traceback" in done.stdout + done.stderr:
        raise InvariantViolationError(
            f"{command[0]} met a full disk without words for it:\n{done.stdout}{done.stderr}"
        )


def _run(
    warehouse: Warehouse, role: Role, command: list[str], limit: int
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=warehouse.environment(role) | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit)),
    )


def _two_at_once(warehouse: Warehouse, editions: ReleasePair, number: int) -> None:
    """A load and a build, or two builds: one runs, the other waits, both end well."""
    edition = NUMBERS[number % 2]
    first: list[Any] = [forked_commands.build, warehouse.environment("dbt")]
    other: list[Any] = (
        [forked_commands.land, warehouse.environment("loader"), editions.folders[edition], edition]
        if number % 2
        else first
    )
    processes = [forked_commands.started(*these) for these in (first, other)]
    for process in processes:
        process.join()
        if process.exitcode:
            raise InvariantViolationError(
                f"of two pipelines at once one failed, with exit code {process.exitcode}"
            )


def _inject_fault(
    warehouse: Warehouse,
    editions: ReleasePair,
    chance: random.Random,
    number: int,
    strike: Callable[[Warehouse], None],
) -> None:
    """Something happens to the server at a random moment of a load or a build, which may then fail
    and must not hang."""
    edition = chance.choice(NUMBERS)
    if number % 2:
        process = forked_commands.started(
            forked_commands.land,
            warehouse.environment("loader"),
            editions.folders[edition],
            edition,
        )
    else:
        process = forked_commands.started(forked_commands.build, warehouse.environment("dbt"))
    process.join(chance.uniform(0.1, 2 if number % 2 else 6))
    strike(warehouse)
    process.join(120)
    if process.is_alive():
        process.kill()
        raise InvariantViolationError("a pipeline that lost its server hangs")


def _crash_server(warehouse: Warehouse) -> None:
    server = warehouse.open_server()
    server.stop(signal.SIGKILL)
    server.launch()


def _cut_connections(warehouse: Warehouse) -> None:
    with warehouse.open_server().connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "select id from information_schema.processlist where user like %s",
            [f"{warehouse.name}\\_%"],
        )
        for (number,) in cursor.fetchall():
            cursor.execute(f"kill {number}")

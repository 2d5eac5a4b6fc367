"""SIGKILL at random moments of loads, builds and publications.

What is live afterwards is the old or the new, whole, and the next run needs no repair.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pymysql

from benchmarks.commands import Warehouse
from tests.fault_injection import forked_commands
from tests.fault_injection.releases import (
    NUMBERS,
    InvariantViolationError,
    ReleasePair,
    require_error_messages,
    rows_of_dead_loads,
)

CLEAN_RUN_EVERY = 10
"""Strikes between two runs that are left alone and must succeed."""


@dataclass
class KillResult:
    """What became of the strikes on one kind of work."""

    what: str
    strikes: int = 0
    killed: int = 0
    """The others had finished before their moment came."""
    new_is_live: int = 0
    clean_runs: int = 0


def strike_loads_and_builds(
    warehouse: Warehouse,
    editions: ReleasePair,
    chance: random.Random,
    strikes: int,
    tell: Callable[[str], None],
) -> list[KillResult]:
    """Half the strikes on loads, half on builds with their publication."""
    tables = raw_tables(warehouse)
    loads, builds = KillResult("load"), KillResult("build and publication")
    loading, building = (warehouse.environment("loader"), warehouse.environment("dbt"))
    length = {
        "load": forked_commands.timed(
            forked_commands.land, loading, editions.folders[NUMBERS[0]], NUMBERS[0]
        ),
        "build": forked_commands.timed(forked_commands.build, building),
    }
    for number in range(strikes):
        before = editions.live(warehouse)
        if number % 2:
            this = builds
            killed = forked_commands.kill_at_random(
                chance, length["build"], forked_commands.build, building
            )
            after = editions.live(warehouse)
        else:
            this = loads
            edition = chance.choice(NUMBERS)
            killed = forked_commands.kill_at_random(
                chance,
                length["load"],
                forked_commands.land,
                loading,
                editions.folders[edition],
                edition,
            )
            after = editions.live(warehouse)
            if after != before:
                raise InvariantViolationError(
                    f"a load changed what is live, from {before} to {after}"
                )
        this.strikes += 1
        this.killed += killed
        this.new_is_live += after != before
        if number % CLEAN_RUN_EVERY == CLEAN_RUN_EVERY - 1 or number == strikes - 1:
            edition = chance.choice(NUMBERS)
            forked_commands.timed(forked_commands.land, loading, editions.folders[edition], edition)
            if dead := rows_of_dead_loads(warehouse, tables):
                raise InvariantViolationError(
                    f"{dead} raw rows of loads that never became complete"
                )
            forked_commands.timed(forked_commands.build, building)
            if editions.live(warehouse)[0] != edition:
                raise InvariantViolationError(f"{edition} was landed and built, and is not live")
            require_error_messages(warehouse)
            loads.clean_runs += 1
            builds.clean_runs += 1
            tell(f"{warehouse.engine}: {number + 1} of {strikes} strikes on loads and builds")
    return [loads, builds]


def strike_publications(
    warehouse: Warehouse,
    editions: ReleasePair,
    chance: random.Random,
    strikes: int,
    tell: Callable[[str], None],
) -> KillResult:
    """Strikes on publication alone, always of the edition that is not live."""
    struck = KillResult("publication alone")
    loading, building = (warehouse.environment("loader"), warehouse.environment("dbt"))
    for edition, folder in editions.folders.items():
        forked_commands.timed(forked_commands.land, loading, folder, edition)
        forked_commands.timed(forked_commands.build, building)
        keep_build(warehouse, edition)
    length = forked_commands.timed(forked_commands.publish, building)
    for number in range(strikes):
        old, _ = editions.live(warehouse)
        new = NUMBERS[1 - NUMBERS.index(old)]
        restore_build(warehouse, new)
        struck.killed += forked_commands.kill_at_random(
            chance, length * 1.5, forked_commands.publish, building
        )
        struck.strikes += 1
        struck.new_is_live += editions.live(warehouse)[0] == new
        if number % CLEAN_RUN_EVERY == CLEAN_RUN_EVERY - 1 or number == strikes - 1:
            forked_commands.timed(forked_commands.publish, building)
            if editions.live(warehouse)[0] != new:
                raise InvariantViolationError(f"{new} was published, and is not live")
            require_error_messages(warehouse)
            struck.clean_runs += 1
            tell(f"{warehouse.engine}: {struck.strikes} of {strikes} strikes on publications")
    return struck


def keep_build(warehouse: Warehouse, edition: str) -> None:
    """A copy of the finished build, so that publishing can be struck often without building each
    time."""
    if not warehouse.server:
        shutil.copyfile(warehouse.dir / "build.duckdb", warehouse.dir / f"kept-{edition}")
        return
    kept = f"{warehouse.name}_kept_{edition.replace('.', '_')}"
    with warehouse.server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"create database {kept}")
        for table in _built_tables(cursor, warehouse):
            cursor.execute(
                f"create table {kept}.{table} as select * from {warehouse.name}_build.{table}"
            )


def restore_build(warehouse: Warehouse, edition: str) -> None:
    """The build as it was when it was kept."""
    if not warehouse.server:
        shutil.copyfile(warehouse.dir / f"kept-{edition}", warehouse.dir / "build.duckdb")
        return
    kept = f"{warehouse.name}_kept_{edition.replace('.', '_')}"
    with warehouse.server.connect() as connection, connection.cursor() as cursor:
        for table in _built_tables(cursor, warehouse):
            cursor.execute(f"truncate table {warehouse.name}_build.{table}")
            cursor.execute(
                f"insert into {warehouse.name}_build.{table} select * from {kept}.{table}"
            )


def _built_tables(cursor: pymysql.cursors.Cursor, warehouse: Warehouse) -> list[str]:
    """Those that are published: the live tables' names."""
    cursor.execute(
        "select table_name from information_schema.tables where table_schema = %s",
        [f"{warehouse.name}_core"],
    )
    return [name for (name,) in cursor.fetchall() if not name.endswith(("__next", "__old"))]


def raw_tables(warehouse: Warehouse) -> Sequence[str]:
    """Those that hold rows of files: all but the record of loads and what lies beside the
    release."""
    schema = "main" if warehouse.engine == "duckdb" else f"{warehouse.name}_raw"
    rows = warehouse.raw(
        f"select table_name from information_schema.tables where table_schema = '{schema}' and"
        " table_name not in ('raw_load', 'raw_load_file', 'raw_reject', 'llm_answer') and"
        " table_name not like 'supplement%'"
    )
    return [name for (name,) in rows]

"""Publication on DuckDB: a new immutable file beside the old one, then one atomic switch of the pointer that readers follow.

The live copy is sorted by primary key and has no keys itself: they have done their work as a gate in the build, and without them it is an
eighth of the size and as quick to read.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import duckdb

from dbt_onet.plan import Plan, live_view_sql
from dbt_onet.settings import Settings

KEPT_FILES = 2  # the live one and the one before it: a reader that is about to open the file it was told of still finds it


def publish(settings: Settings, plan: Plan, build_id: str, published_at: datetime, passed: int, warned: int) -> None:
    """Copies the build's tables, makes the views, switches. Killed at any moment, readers see the old publication or the new one."""
    live = settings.live_dir
    live.mkdir(parents=True, exist_ok=True)
    for leftover in live.glob("*.tmp*"):
        leftover.unlink()
    name = f"{published_at:%Y%m%dT%H%M%SZ}-{build_id[:8]}.duckdb"
    unfinished = live / f"{name}.tmp"
    names = {table.name: f'"{settings.core}"."{table.name}"' for table in plan.tables} | {
        view.name: f'"{settings.name}"."{view.name}"' for view in plan.views
    }
    with duckdb.connect(str(unfinished)) as connection:
        connection.execute(f"attach '{str(settings.dir / 'build.duckdb').replace(chr(39), chr(39) * 2)}' as built (read_only)")
        connection.execute(f'create schema "{settings.core}"')
        connection.execute(f'create schema "{settings.name}"')
        for table in plan.tables:
            connection.execute(
                f'create table {names[table.name]} as select * from built."{settings.build}"."{table.name}" '  # noqa: S608
                f"order by {', '.join(table.primary_key)}"
            )
        connection.execute("detach built")
        connection.execute(
            f"update {names['publication']} set published_at = ?, passed_test_count = ?, warned_test_count = ?",  # noqa: S608
            [published_at.replace(tzinfo=None), passed, warned],
        )
        for view in plan.views:
            connection.execute(f"create view {names[view.name]} as {live_view_sql(view, names)}")
        connection.execute("checkpoint")
    _sync(unfinished)
    unfinished.rename(live / name)
    pointer = live / "current.tmp"
    pointer.write_text(f"{name}\n", encoding="utf-8")
    _sync(pointer)
    pointer.replace(live / "current")
    _sync(live)
    for old in sorted(live.glob("*.duckdb"))[:-KEPT_FILES]:
        old.unlink()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

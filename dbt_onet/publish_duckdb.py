"""Publication on DuckDB: a new immutable file beside the old one, then one atomic switch of the pointer that readers follow.

The live copy is sorted by primary key and has no keys itself: they have done their work as a gate in the build, and without them it is an
eighth of the size and as quick to read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import duckdb

from dbt_onet import live_files
from dbt_onet.plan import Plan, live_view_sql
from dbt_onet.settings import Settings


def publish(
    settings: Settings,
    plan: Plan,
    build_id: str,
    published_at: datetime,
    passed: int,
    warned: int,
    config: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Copies the build's tables, makes the views, switches. Killed at any moment, readers see the old publication or the new one.

    The publication before this one is kept: a reader that is about to open the file it was told of still finds it.
    `config` is DuckDB's, as a limit of its memory.
    """
    live = settings.live_dir
    name = f"{published_at:%Y%m%dT%H%M%SZ}-{build_id[:8]}.duckdb"
    publication = live_files.PublicationFiles(build_id, (name,))
    live_files.begin(live, publication)
    try:
        _write(settings, live / f"{name}.tmp", plan, published_at, passed, warned, config)
        live_files.sync([live / f"{name}.tmp"])
        (live / f"{name}.tmp").rename(live / name)
        live_files.sync([live])
        live_files.switch(live, name)
    except BaseException:
        live_files.abandon(live, publication)
        raise
    live_files.prune(live)


def _write(settings: Settings, path: Path, plan: Plan, published_at: datetime, passed: int, warned: int, config: Mapping[str, str]) -> None:
    names = {table.name: f'"{settings.core}"."{table.name}"' for table in plan.tables} | {
        view.name: f'"{settings.name}"."{view.name}"' for view in plan.views
    }
    with duckdb.connect(str(path), config=dict(config)) as connection:
        connection.execute("attach ? as built (read_only)", [str(settings.dir / "build.duckdb")])
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

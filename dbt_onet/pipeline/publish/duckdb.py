"""Publication of the embedded engine: new immutable files beside the old ones, then one atomic
switch of the pointer.

A DuckDB file for analysts and a SQLite file of the same tables and views, which the API reads. The
DuckDB copy has no keys: they have done their work as a gate in the build, and without them it is an
eighth of the size and, sorted by primary key, as quick to read. Without a SQLite file nothing looks
rows up, and to sort 20 million claims would take longer than to judge them: they stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import duckdb

from dbt_onet.pipeline.publish import live_files
from dbt_onet.pipeline.publish import sqlite as publish_sqlite
from dbt_onet.pipeline.publish.plan import Plan, live_view_sql
from dbt_onet.pipeline.settings import Settings


def publish(
    settings: Settings,
    plan: Plan,
    build_id: str,
    published_at: datetime,
    passed: int,
    warned: int,
    *,
    with_sqlite: bool = True,
    config: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Copies the build's tables, makes the views, switches. Killed at any moment, readers see the
    old publication or the new one.

    The publication before this one is kept: a reader that is about to open the file it was told of
    still finds it. Without `with_sqlite` there is the DuckDB file alone: what no API reads needs no
    second copy. `config` is DuckDB's, as a limit of its memory.
    """
    live = settings.live_dir
    stem = f"{published_at:%Y%m%dT%H%M%SZ}-{build_id[:8]}"
    kinds = (".duckdb", publish_sqlite.SUFFIX) if with_sqlite else (".duckdb",)
    names = tuple(f"{stem}{kind}" for kind in kinds)
    publication = live_files.PublicationFiles(build_id, names)
    live_files.begin(live, publication)
    try:
        unfinished = [live / f"{name}.tmp" for name in names]
        _write(settings, unfinished, plan, published_at, passed, warned, config)
        live_files.sync(unfinished)
        for path, name in zip(unfinished, names, strict=True):
            path.rename(live / name)
        live_files.sync([live])
        live_files.switch(live, names[0])
    except BaseException:
        live_files.abandon(live, publication)
        raise
    live_files.prune(live)


def _write(
    settings: Settings,
    paths: Sequence[Path],
    plan: Plan,
    published_at: datetime,
    passed: int,
    warned: int,
    config: Mapping[str, str],
) -> None:
    """The DuckDB file and, where a second is named, the SQLite file, at the same time: each needs
    one processor."""
    names = {table.name: f'"{settings.core}"."{table.name}"' for table in plan.tables} | {
        view.name: f'"{settings.name}"."{view.name}"' for view in plan.views
    }
    with (
        duckdb.connect(str(paths[0]), config=dict(config)) as connection,
        connection.cursor() as source,
        ThreadPoolExecutor(1) as beside,
    ):
        connection.execute("attach ? as built (read_only)", [str(settings.dir / "build.duckdb")])
        stamps, schema = (published_at, passed, warned), f'built."{settings.build}"'
        others = [
            beside.submit(publish_sqlite.write, other, plan, source, schema, stamps)
            for other in paths[1:]
        ]
        connection.execute(f'create schema "{settings.core}"')
        connection.execute(f'create schema "{settings.name}"')
        for table in plan.tables:
            order = f"order by {', '.join(table.primary_key)}" if others else ""
            connection.execute(
                f"create table {names[table.name]} as select * from "  # noqa: S608
                f'built."{settings.build}"."{table.name}" {order}'
            )
        for other in others:
            other.result()
        connection.execute("detach built")
        connection.execute(
            f"update {names['publication']} set published_at = ?, passed_test_count = ?,"  # noqa: S608
            " warned_test_count = ?",
            [published_at.replace(tzinfo=None), passed, warned],
        )
        for view in plan.views:
            connection.execute(f"create view {names[view.name]} as {live_view_sql(view, names)}")
        connection.execute("checkpoint")

"""The employer's raw and build, asked directly, on either engine; and where the published views of
O*NET are."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

from dbt_onet.pipeline.publish import mysql as publish_mysql
from dbt_onet.pipeline.publish.live_files import live_file, remove
from dbt_onet.pipeline.settings import Settings

_BIN = "character set utf8mb4 collate utf8mb4_0900_bin"


def query(
    settings: Settings, room: Literal["raw", "build"], statement: str
) -> Sequence[Sequence[Any]]:
    """Rows of one room; the statement has `{room}` before each table's name."""
    if settings.engine == "duckdb":
        import duckdb

        schema = "main" if room == "raw" else f'"{settings.build}"'
        with duckdb.connect(str(settings.dir / f"{room}.duckdb"), read_only=True) as file:
            return file.execute(statement.format(room=schema)).fetchall()
    with closing(publish_mysql.connect(settings)) as connection, connection.cursor() as cursor:
        cursor.execute(statement.format(room=f"`{getattr(settings, room)}`"))
        return cursor.fetchall()


def has_raw(settings: Settings) -> bool:
    """Whether anything of an employer was ever loaded and not removed since."""
    if settings.engine == "duckdb":
        return (settings.dir / "raw.duckdb").exists()
    return _has(settings, settings.raw, "raw_load")


def onet_file(onet: Settings) -> Path | None:
    """DuckDB: the file of what is published of O*NET."""
    return live_file(onet.live_dir)


def is_onet_published(onet: Settings) -> bool:
    return (
        onet_file(onet) is not None
        if onet.engine == "duckdb"
        else _has(onet, onet.name, "current_publication")
    )


def _has(settings: Settings, database: str, table: str) -> bool:
    with closing(publish_mysql.connect(settings)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from information_schema.tables "
            "where table_schema = %s and table_name = %s",
            [database, table],
        )
        return cursor.fetchall() != ((0,),)


def create_databases(settings: Settings) -> None:
    """MySQL: the build, core and view databases. Their texts compare by code points, as on the
    other engines."""
    if settings.engine == "mysql":
        with closing(publish_mysql.connect(settings)) as connection, connection.cursor() as cursor:
            for name in (settings.build, settings.core, settings.name):
                cursor.execute(
                    "select count(*) from information_schema.schemata where schema_name = %s",
                    [name],
                )
                if cursor.fetchall() == ((0,),):
                    cursor.execute(f"create database `{name}` {_BIN}")


def drop_build(settings: Settings) -> None:
    """The next build judges every row anew."""
    if settings.engine == "duckdb":
        for name in ("build.duckdb", "build.duckdb.wal"):
            remove(settings.dir / name)
        return
    with closing(publish_mysql.connect(settings)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select table_name, table_type from information_schema.tables where table_schema = %s",
            [settings.build],
        )
        for name, kind in cursor.fetchall():
            if name != publish_mysql.RECORD:  # what publications made is known from it alone
                what = "view" if kind == "VIEW" else "table"
                cursor.execute(f"drop {what} `{settings.build}`.{publish_mysql.quote(name)}")


def drop_old_publications(settings: Settings) -> None:
    """DuckDB keeps the file before the live one for readers that were told of it; not where it
    holds somebody who is to be forgotten."""
    if settings.engine == "duckdb":
        current = live_file(settings.live_dir)
        for old in settings.live_dir.glob("*.duckdb"):
            if old != current:
                old.unlink()


def drop_everything(settings: Settings) -> None:
    """Build, publication and what dbt wrote."""
    if settings.engine == "mysql":
        with closing(publish_mysql.connect(settings)) as connection, connection.cursor() as cursor:
            for name in (settings.name, settings.core, settings.build):
                cursor.execute(f"drop database if exists `{name}`")
    shutil.rmtree(settings.dir, ignore_errors=True)

"""A whole warehouse under a random name, made with the project's own commands and asked directly:
the tests' way to real rows.

On MySQL it has the three users of the design, each with its own rights and no more.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import duckdb
import pymysql
import pytest

from dbt_onet.pipeline.build import BuildError, Published, build, load_project, record_publication
from dbt_onet.pipeline.dbt_runner import project_checksum, run_dbt
from dbt_onet.pipeline.publish import duckdb as publish_duckdb
from dbt_onet.pipeline.publish import mysql as publish_mysql
from dbt_onet.pipeline.publish.plan import Plan, plan_from_manifest
from dbt_onet.pipeline.settings import Settings
from tests.support.environment import without_settings
from tests.support.mysql_server import MysqlServer

ROOT = Path(__file__).parents[2]
Engine = Literal["duckdb", "mysql"]
Role = Literal["loader", "dbt", "api"]


@dataclass(frozen=True)
class Warehouse:
    """Where one warehouse is, and how to run the project's commands on it."""

    engine: Engine
    dir: Path
    server: MysqlServer | None = None
    name: str = field(default_factory=lambda: f"onet_test_{secrets.token_hex(4)}")
    password: str = field(default_factory=lambda: f"planted-{secrets.token_hex(8)}")

    def environment(self, role: Role) -> dict[str, str]:
        """The environment of one service; nothing of the machine's own settings gets in."""
        ours = {
            "WAREHOUSE_ENGINE": self.engine,
            "WAREHOUSE_NAME": self.name,
            "WAREHOUSE_DIR": str(self.dir),
        }
        if self.server:
            ours |= {
                "WAREHOUSE_SOCKET": str(self.server.socket),
                "WAREHOUSE_USER": f"{self.name}_{role}",
                "WAREHOUSE_PASSWORD": self.password,
            }
        return without_settings() | ours

    def run(self, role: Role, *arguments: str, code: int = 0, **extra: str) -> str:
        """Runs `python -m …` as that service and returns what it printed; its exit code must be
        `code`."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=self.environment(role) | extra,
            capture_output=True,
            text=True,
            check=False,
        )
        printed = done.stdout + done.stderr
        assert done.returncode == code, f"exit code {done.returncode}, not {code}:\n{printed}"
        assert self.password not in printed
        return printed

    def land(self, source: str | Path, *options: str, code: int = 0) -> str:
        return self.run("loader", "loader", "land", str(source), *options, code=code)

    def build(self, *, only_changed: bool = False) -> Published:
        """Builds and publishes in this process, which saves dbt's seconds of import; the command
        itself is what `run` is for."""
        with self.settings() as settings:
            published = build(settings, only_changed=only_changed)
            record_publication(settings, published, documented=False)
            return published

    @contextmanager
    def settings(self) -> Iterator[Settings]:
        """What dbt's user is told, by the environment that is this process's own for as long."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment("dbt").items():
                patch.setenv(name, value)
            for name in set(os.environ) - set(self.environment("dbt")):
                patch.delenv(name)
            yield Settings()

    def failing_build(self) -> str:
        """What is said of a build that must not be published."""
        before = self.query("select build_id, published_at from {live}.current_publication")
        with pytest.raises(BuildError) as refused:
            self.build()
        assert self.query("select build_id, published_at from {live}.current_publication") == before
        return str(refused.value)

    def failing_tests(
        self, *selected: str, rebuilt: Sequence[str] = ()
    ) -> dict[str, list[tuple[Any, ...]]]:
        """Failing rows by test, out of dbt's own tests on a warehouse that was built: many faults
        at the price of a few tests.

        A build would leave out what depends on the first fault that it finds. Staging is of what
        was landed last.

        Args:
            selected: what to test, in dbt's way to select.
            rebuilt: models after staging to build anew before.
        """
        tables = "path:models/staging,config.materialized:table"  # its views need nothing
        with self.settings() as settings:
            ran = run_dbt(
                settings, "run", ["--select", tables, *rebuilt], manifest=load_project(settings)
            )
            assert ran.success, ran
            options = ["--exclude-resource-type", "unit_test", "--select", *selected]
            tested = run_dbt(settings, "test", options, manifest=load_project(settings))
            assert tested.exception is None
        failed = [
            each
            for each in getattr(tested.result, "results", [])
            if str(each.status) not in ("pass", "warn")
        ]
        assert {str(each.status) for each in failed} <= {"fail"}, [each.message for each in failed]
        return {
            each.node.name: self.built_rows(f"select * from {each.node.relation_name}")
            for each in failed
        }

    def built_rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows from the build, where failing rows are kept."""
        if self.server:
            return self.query(sql)
        with duckdb.connect(str(self.dir / "build.duckdb"), read_only=True) as built:
            return built.execute(sql.format(build=f"{self.name}_build")).fetchall()

    def change_build(self, *statements: str) -> None:
        """Statements on the build, with `{build}` before each table's name: what is published next
        is what they leave."""
        texts = [statement.format(build=f"{self.name}_build") for statement in statements]
        if self.server:
            with self.server.connect() as connection, connection.cursor() as cursor:
                for text in texts:
                    cursor.execute(text)
            return
        with duckdb.connect(str(self.dir / "build.duckdb")) as built:
            for text in texts:
                built.execute(text)

    def plan(self) -> Plan:
        """What the last build is to publish."""
        return plan_from_manifest(json.loads((self.dir / "dbt" / "manifest.json").read_text()))

    def publish(self, moment: datetime | None = None) -> None:
        """The end of a build alone: publishes what the last one left, or what `change_build` made
        of it."""
        ((build_id,),) = self.built_rows("select build_id from {build}.publication")
        moment = moment or datetime.now(UTC).replace(microsecond=0)
        with self.settings() as settings:
            if settings.engine == "duckdb":
                publish_duckdb.publish(settings, self.plan(), build_id, moment, 1, 0)
            else:
                publish_mysql.publish(settings, self.plan(), moment, 1, 0)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows from the live relations; `{live}` and `{core}` in the text become the names of the
        views' and the tables' schema."""
        text = sql.format(
            live=self.name,
            core=f"{self.name}_core",
            build=f"{self.name}_build",
            raw=f"{self.name}_raw",
        )
        if self.server:
            with self.server.connect() as connection, connection.cursor() as cursor:
                cursor.execute(text)
                return [tuple(row) for row in cursor.fetchall()]
        with closing(self.open_live()) as live:
            return live.execute(text).fetchall()

    def raw(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows from raw, with `{raw}` before each table's name."""
        if self.server:
            return self.query(sql)
        with duckdb.connect(str(self.dir / "raw.duckdb")) as connection:
            return connection.execute(sql.format(raw="main")).fetchall()

    def open_live(self) -> duckdb.DuckDBPyConnection:
        live = self.dir / "live"
        return duckdb.connect(str(live / (live / "current").read_text().strip()), read_only=True)

    def open_server(self) -> MysqlServer:
        """The MySQL server, for a test that is for MySQL alone."""
        assert self.server
        return self.server


@cache
def code_checksum() -> str:
    """Of all that decides what a warehouse holds, so that one that was built is never taken for
    another's."""
    digest = hashlib.sha256(project_checksum().encode())
    for path in sorted((ROOT / "loader").rglob("*")):
        if path.suffix in (".py", ".txt"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def make_warehouse(engine: Engine, folder: Path, server: MysqlServer | None) -> Iterator[Warehouse]:
    """An empty warehouse; on MySQL its users are made before it and dropped after it together with
    its databases."""
    warehouse = Warehouse(engine, folder, server if engine == "mysql" else None)
    create_users(warehouse)
    try:
        yield warehouse
    finally:
        _drop(warehouse)


@contextmanager
def copy_of(built: Warehouse, folder: Path) -> Iterator[Warehouse]:
    """A warehouse of one's own with all that `built` has, in a fraction of the time that landing
    and building take.

    Args:
        built: landed, built and published; it stays as it is.
        folder: does not exist yet.
    """
    if not built.server:
        shutil.copytree(built.dir, folder, ignore=shutil.ignore_patterns("*.lock"))
        yield Warehouse(built.engine, folder, name=built.name, password=built.password)
        return
    with make_warehouse(built.engine, folder, built.server) as copy:
        folder.mkdir()
        shutil.copytree(
            built.dir / "dbt",
            folder / "dbt",
            ignore=shutil.ignore_patterns("*.msgpack", "run", "compiled"),
        )
        for note in (folder / "dbt").glob("*.json"):  # dbt's artifacts name the databases
            note.write_text(note.read_text().replace(built.name, copy.name))
        nodes = json.loads((folder / "dbt" / "manifest.json").read_text())["nodes"].values()
        # of which there are none
        failing_rows = {node["alias"] for node in nodes if node["resource_type"] == "test"}
        with built.server.connect() as connection, connection.cursor() as cursor:
            for room in ("_raw", "_build", "_core", ""):
                _copy_database(
                    cursor, built.name, copy.name, room, failing_rows if room == "_build" else set()
                )
            cursor.execute(
                f"update {copy.name}_build.{publish_mysql.RECORD} set database_name ="
                " replace(database_name, %s, %s)",
                [built.name, copy.name],
            )
        yield copy


def _copy_database(
    cursor: pymysql.cursors.Cursor, old: str, new: str, room: str, left_out: set[str]
) -> None:
    """Tables with their keys and rows, then views. A warehouse's name is in nothing but the names
    that are to change with it."""
    cursor.execute(f"create database {new}{room} character set utf8mb4 collate utf8mb4_0900_bin")
    cursor.execute(f"use {new}{room}")
    cursor.execute("set foreign_key_checks = 0")
    cursor.execute(
        "select table_name, table_type from information_schema.tables where table_schema = %s",
        [f"{old}{room}"],
    )
    there = [(name, kind) for name, kind in cursor.fetchall() if name not in left_out]
    for name in [name for name, kind in there if kind == "BASE TABLE"]:
        cursor.execute(f"show create table {old}{room}.{name}")
        cursor.execute(cursor.fetchall()[0][1])
        cursor.execute(f"insert into {name} select * from {old}{room}.{name}")
    waiting = {}
    for name in [name for name, kind in there if kind == "VIEW"]:
        cursor.execute(f"show create table {old}{room}.{name}")
        waiting[name] = cursor.fetchall()[0][1].replace(old, new)
    while waiting:
        readable = [
            name
            for name, text in waiting.items()
            if not any(f"`{new}{room}`.`{other}`" in text.split(" AS ", 1)[1] for other in waiting)
        ]
        for name in readable:
            cursor.execute(waiting.pop(name))


def create_users(warehouse: Warehouse) -> None:
    """On MySQL: the three users of the design."""
    if not warehouse.server:
        return
    rights = {
        "loader": [("all", "_raw")],
        "dbt": [("select", "_raw"), ("all", "_build"), ("all", "_core"), ("all", "")],
        "api": [("select", "")],
    }
    with warehouse.server.connect() as connection, connection.cursor() as cursor:
        for role, grants in rights.items():
            cursor.execute(
                f"create user {warehouse.name}_{role} identified by '{warehouse.password}'"
            )
            for what, room in grants:
                # in a grant an underscore in a database's name stands for any character unless it
                # is escaped
                database = f"{warehouse.name}{room}".replace("_", r"\_")
                cursor.execute(f"grant {what} on `{database}`.* to {warehouse.name}_{role}")


def _drop(warehouse: Warehouse) -> None:
    if not warehouse.server:
        return
    # a private server may be gone before this, with everything in it
    with (
        suppress(pymysql.err.OperationalError),
        warehouse.server.connect() as connection,
        connection.cursor() as cursor,
    ):
        for room in ("_raw", "_build", "_core", ""):
            cursor.execute(f"drop database if exists {warehouse.name}{room}")
        for role in ("loader", "dbt", "api"):
            cursor.execute(f"drop user if exists {warehouse.name}_{role}")

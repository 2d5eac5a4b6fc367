"""A whole warehouse under a random name, made with the project's own commands and asked directly: the tests' way to real rows.

On MySQL it has the three users of the design, each with its own rights and no more.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import duckdb
import pymysql
import pytest

from dbt_onet.build import BuildError, Published, build
from dbt_onet.settings import Settings
from environment import without_settings
from mysql_server import MysqlServer

ROOT = Path(__file__).parent.parent
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
        ours = {"WAREHOUSE_ENGINE": self.engine, "WAREHOUSE_NAME": self.name, "WAREHOUSE_DIR": str(self.dir)}
        if self.server:
            ours |= {
                "WAREHOUSE_SOCKET": str(self.server.socket),
                "WAREHOUSE_USER": f"{self.name}_{role}",
                "WAREHOUSE_PASSWORD": self.password,
            }
        return without_settings() | ours

    def run(self, role: Role, *arguments: str, code: int = 0, **extra: str) -> str:
        """Runs `python -m …` as that service and returns what it printed; its exit code must be `code`."""
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

    def build(self) -> Published:
        """Builds and publishes in this process, which saves dbt's seconds of import; the command itself is what `run` is for."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment("dbt").items():
                patch.setenv(name, value)
            for name in set(os.environ) - set(self.environment("dbt")):
                patch.delenv(name)
            return build(Settings())

    def failing_build(self) -> str:
        """What is said of a build that must not be published."""
        before = self.query("select build_id, published_at from {live}.current_publication")
        with pytest.raises(BuildError) as refused:
            self.build()
        assert self.query("select build_id, published_at from {live}.current_publication") == before
        return str(refused.value)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows from the live relations; `{live}` and `{core}` in the text become the names of the views' and the tables' schema."""
        text = sql.format(live=self.name, core=f"{self.name}_core", build=f"{self.name}_build", raw=f"{self.name}_raw")
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


@contextmanager
def make_warehouse(engine: Engine, folder: Path, server: MysqlServer | None) -> Iterator[Warehouse]:
    """An empty warehouse; on MySQL its users are made before it and dropped after it together with its databases."""
    warehouse = Warehouse(engine, folder, server if engine == "mysql" else None)
    if not warehouse.server:
        yield warehouse
        return
    name = warehouse.name
    databases = {"raw": f"{name}_raw", "build": f"{name}_build", "core": f"{name}_core", "live": name}
    rights = {
        "loader": [("all", "raw")],
        "dbt": [("select", "raw"), ("all", "build"), ("all", "core"), ("all", "live")],
        "api": [("select", "live")],
    }
    with warehouse.server.connect() as connection, connection.cursor() as cursor:
        for role, grants in rights.items():
            cursor.execute(f"create user {name}_{role} identified by '{warehouse.password}'")
            for what, database in grants:
                # in a grant an underscore in a database's name stands for any character unless it is escaped
                cursor.execute(f"grant {what} on `{databases[database].replace('_', chr(92) + '_')}`.* to {name}_{role}")
    try:
        yield warehouse
    finally:
        with suppress(pymysql.err.OperationalError):  # a private server may be gone before this, with everything in it
            _drop(warehouse.server, list(databases.values()), [f"{name}_{role}" for role in rights])


def _drop(server: MysqlServer, databases: list[str], users: list[str]) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        for database in databases:
            cursor.execute(f"drop database if exists {database}")
        for user in users:
            cursor.execute(f"drop user if exists {user}")

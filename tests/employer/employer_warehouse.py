"""An employer's warehouse under a random name, made with the project's own commands: the tests' way
to real rows.

On MySQL its users have the rights of the design and no more, and the published views of O*NET are
copies that it can read.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pymysql
import pytest

from dbt_employer.pipeline.build import build
from dbt_onet.pipeline.publish.live_files import live_file
from tests.support.mysql_server import MysqlServer
from tests.support.warehouse import ROOT, Engine, Warehouse, copy_of, make_warehouse

SAMPLE = ROOT / "loader" / "employer" / "sample"
PAGE = (ROOT / "docs" / "employer.md").read_text()
FIRST_LOOK = "make employer EMPLOYER_SOURCE=loader/employer/sample"
ROOMS = ("raw", "build", "core")


@dataclass(frozen=True)
class EmployerWarehouse:
    """One employer's data beside one O*NET warehouse."""

    onet: Warehouse
    outputs: Path

    @property
    def dir(self) -> Path:
        return self.onet.dir / "employer"

    @property
    def name(self) -> str:
        return f"{self.onet.name}_employer"

    def load(self, folder: Path, *options: str, code: int = 0, **extra: str) -> str:
        return self.onet.run(
            "loader", "loader", "employer", str(folder), *options, code=code, **extra
        )

    def forget(self, *options: str, code: int = 0) -> str:
        """As one user with the rights of both, who has both projects installed."""
        return self.onet.run("dbt", "loader", "employer", *options, code=code, **self._outputs())

    def _outputs(self) -> dict[str, str]:
        return {"EMPLOYER_OUTPUTS": str(self.outputs)}

    def build(self, *, full_refresh: bool = False, **extra: str) -> dict[str, bytes]:
        """Builds in this process, which saves dbt's seconds of import; what is in the outputs
        then."""
        ours = self.onet.environment("dbt") | self._outputs() | extra
        with pytest.MonkeyPatch.context() as patch:
            for name in set(os.environ) - set(ours):
                patch.delenv(name)
            for name, value in ours.items():
                patch.setenv(name, value)
            umask = os.umask(0)
            try:
                build(full_refresh=full_refresh)
            finally:
                os.umask(umask)
        return self.files()

    def make(self, command: str) -> str:
        """Runs a `make …` with this environment's own Python; what was printed."""
        program, *arguments = shlex.split(command)
        own = [program, "-o", f"{sys.prefix}/run", f"VENV={sys.prefix}", *arguments]
        ours = self.onet.environment("dbt") | self._outputs()
        done = subprocess.run(own, cwd=ROOT, env=ours, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def files(self) -> dict[str, bytes]:
        return (
            {path.name: path.read_bytes() for path in sorted(self.outputs.iterdir())}
            if self.outputs.exists()
            else {}
        )

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the live views (`{live}`), or of `{core}`, `{build}` or `{raw}`."""
        if self.onet.server:
            names = {room: f"`{self.name}_{room}`" for room in ROOMS} | {"live": f"`{self.name}`"}
            with self.onet.server.connect() as connection, connection.cursor() as cursor:
                cursor.execute(sql.format(**names))
                return [tuple(row) for row in cursor.fetchall()]
        with duckdb.connect() as files_of:
            files = {"raw": self.dir / "raw.duckdb", "build": self.dir / "build.duckdb"}
            if live := live_file(self.dir / "live"):
                files["published"] = live
            for alias, path in files.items():
                if path.exists():
                    files_of.execute(f"attach '{path}' as {alias}_file (read_only)")
            schemas = {
                "raw": "raw_file.main",
                "build": f"build_file.{self.name}_build",
                "core": f"published_file.{self.name}_core",
                "live": f"published_file.{self.name}",
            }
            return files_of.execute(sql.format(**schemas)).fetchall()


@contextmanager
def make_employer(
    engine: Engine, folder: Path, server: MysqlServer | None, published: Warehouse | None = None
) -> Iterator[EmployerWarehouse]:
    """An empty employer's warehouse; beside a copy of what `published` has live, where that is
    given."""
    at = folder / "warehouse"
    making = copy_of(published, at) if published else make_warehouse(engine, at, server)
    with making as onet:
        employer = EmployerWarehouse(onet, folder / "outputs")
        onet.dir.mkdir(parents=True, exist_ok=True)
        if onet.server:
            _grant(employer, onet.server)
        try:
            yield employer
        finally:
            if onet.server:
                with (
                    suppress(pymysql.err.OperationalError),
                    onet.server.connect() as connection,
                    connection.cursor() as cursor,
                ):
                    for database in (*(f"{employer.name}_{room}" for room in ROOMS), employer.name):
                        cursor.execute(f"drop database if exists {database}")


def _grant(employer: EmployerWarehouse, server: MysqlServer) -> None:
    rights = {"loader": ["_raw"], "dbt": ["_raw", "_build", "_core", ""]}
    with server.connect() as connection, connection.cursor() as cursor:
        for role, rooms in rights.items():
            for room in rooms:
                database = f"{employer.name}{room}".replace("_", chr(92) + "_")
                cursor.execute(f"grant all on `{database}`.* to {employer.onet.name}_{role}")

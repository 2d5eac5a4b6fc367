"""A private MySQL server (or the one at TEST_MYSQL_SOCKET, as root without a password), and a small
dbt project in a schema of its own."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pymysql
import pytest
import yaml
from dbt.cli.main import dbtRunner, dbtRunnerResult

QUICK = [
    *(
        "--skip-log-bin",
        "--performance-schema=OFF",
        "--mysqlx=OFF",
        "--skip-name-resolve",
        "--innodb-flush-log-at-trx-commit=0",
    ),
    *(
        "--innodb-doublewrite=OFF",
        "--innodb-flush-method=nosync",
        "--innodb-buffer-pool-size=32M",
        "--innodb-redo-log-capacity=16M",
    ),
]


def connect(unix_socket: str) -> "pymysql.Connection[pymysql.cursors.Cursor]":
    return pymysql.connect(unix_socket=unix_socket, user="root", charset="utf8mb4", autocommit=True)


@pytest.fixture(scope="session")
def unix_socket() -> Iterator[str]:
    """The socket of a running server. Its own collation is MySQL's default, so that what tests find
    is the adapter's doing."""
    if given := os.environ.get("TEST_MYSQL_SOCKET"):
        yield given
        return
    mysqld = os.environ.get("MYSQLD") or shutil.which("mysqld")
    if not mysqld:
        pytest.skip(
            "no MySQL server: put mysqld on the PATH, or name it in MYSQLD, or a running server's"
            " socket in TEST_MYSQL_SOCKET"
        )
    # a socket's path has at most 107 bytes
    folder = Path(tempfile.mkdtemp(prefix="adapter-", dir="/tmp"))
    as_nobody = []
    if os.geteuid() == 0:  # mysqld refuses to run as root
        shutil.chown(folder, "nobody")
        as_nobody = ["--user=nobody"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        mysqld,
        "--no-defaults",
        *as_nobody,
        *QUICK,
        f"--datadir={folder}/data",
        f"--log-error={folder}/log",
    ]
    process = None
    try:
        subprocess.run([*command, "--initialize-insecure"], check=True)
        listen = [
            "--bind-address=127.0.0.1",
            f"--port={port}",
            f"--socket={folder}/sock",
            f"--pid-file={folder}/pid",
        ]
        process = subprocess.Popen([*command, *listen, f"--tmpdir={folder}"])
        wait_until_ready(process, folder)
        yield f"{folder}/sock"
    finally:
        if process:
            process.terminate()
            process.wait(timeout=60)
        shutil.rmtree(folder)


def wait_until_ready(process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            connect(f"{folder}/sock").close()
        except pymysql.err.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "log").read_text()) from error
            time.sleep(0.05)
        else:
            return


@dataclass
class Project:
    """A dbt project in a folder, and the MySQL schema that it builds into."""

    folder: Path
    schema: str
    unix_socket: str

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text))

    def profile(self, **fields: Any) -> None:
        output = {
            "type": "onet_mysql",
            "schema": self.schema,
            "threads": 1,
            "unix_socket": self.unix_socket,
            "username": "root",
        } | fields
        self.write(
            "profiles.yml", yaml.safe_dump({"tiny": {"target": "dev", "outputs": {"dev": output}}})
        )

    def dbt(self, *arguments: str) -> dbtRunnerResult:
        where = ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder)]
        return dbtRunner().invoke([*arguments, *where])

    def statuses(self, *arguments: str) -> dict[str, str]:
        """Name of every node that the command ran → its status."""
        outcome = self.dbt(*arguments)
        assert outcome.exception is None
        return {result.node.name: str(result.status) for result in outcome.result}

    def build(self) -> None:
        """Build everything and insist on success without a warning."""
        statuses = self.statuses("--warn-error", "build")
        assert set(statuses.values()) <= {"success", "pass"}, self.log()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with connect(self.unix_socket) as connection, connection.cursor() as cursor:
            if self.schema in [name for (name,) in fetch(cursor, "show databases")]:
                cursor.execute(f"use {self.schema}")
            return fetch(cursor, sql)

    def log(self) -> str:
        return (self.folder / "logs" / "dbt.log").read_text()


def fetch(cursor: pymysql.cursors.Cursor, sql: str) -> list[tuple[Any, ...]]:
    cursor.execute(sql)
    return list(cursor.fetchall())


@contextmanager
def new_project(folder: Path, unix_socket: str) -> Iterator[Project]:
    project = Project(folder, f"adapter_test_{secrets.token_hex(4)}", unix_socket)
    flags = "{send_anonymous_usage_stats: false, use_colors: false}"
    project.write(
        "dbt_project.yml",
        f"{{name: tiny, profile: tiny, models: {{+materialized: table}}, flags: {flags}}}",
    )
    project.profile()
    yield project
    for schema in (project.schema, f"{project.schema}_dbt_test__audit"):
        project.query(f"drop database if exists {schema}")


@pytest.fixture
def project(tmp_path: Path, unix_socket: str) -> Iterator[Project]:
    with new_project(tmp_path, unix_socket) as project:
        yield project

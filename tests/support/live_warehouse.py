"""Live warehouses as a publication leaves them, made by hand from a few invented rows, and servers
of the API that read them.

The API's tests ask here and not dbt: a row can be what a test needs, and a second edition is
published in milliseconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import httpx2 as httpx
import pymysql
import pytest
import structlog
import uvicorn

from api.app import create_app
from api.database import Params, Record, Statement, open_database
from api.http_protocol import BoundedHttpProtocol
from api.settings import Settings
from tests.support import live_labor, live_sections
from tests.support.environment import without_settings
from tests.support.live_views import recorded

if TYPE_CHECKING:
    from tests.support.mysql_server import MysqlServer

ROOT = Path(__file__).parents[2]
Result = TypeVar("Result")

FROM, TO = "11-1011.00", "11-3013.00"

# code, title, description, job zone, is rated: skills, knowledge, abilities, work activities
OCCUPATIONS: list[tuple[Any, ...]] = [
    (FROM, "Chief Executives", "Lead.", 5, 1, 1, 1, 1),
    ("11-1011.03", "Chief Sustainability Officers", "Sustain.", 5, 1, 1, 1, 1),
    ("11-1021.00", "General and Operations Managers", "Run.", 4, 1, 1, 1, 1),
    (TO, "Facilities Managers", "Keep.", 4, 1, 1, 1, 1),
    ("11-9199.00", "Managers, All Other", "Other.", None, 0, 0, 0, 0),
    ("15-1251.00", "Computer Programmers", "Write.", 4, 1, 1, 1, 1),
    ("15-1252.00", "Software Developers", "Design.", 4, 0, 0, 0, 0),
    ("15-1253.00", "Software Quality Assurance Analysts and Testers", "Test.", 4, 1, 1, 1, 1),
    ("15-1299.08", "Computer Systems Engineers/Architects", "Plan.", 4, 1, 0, 1, 1),
    ("29-1141.00", "Registered Nurses", "Care.", None, 1, 1, 1, 1),
    ("43-9999.00", "100% Remote_Clerks' Aides", "Assist.", 1, 1, 1, 1, 1),
    ("43-9999.01", "Reclerks", "Assist.", 1, 1, 1, 1, 1),
    ("43-9999.02", "=Clerks+1", "Assist.", 1, 1, 1, 1, 1),
]

SUPPLEMENTED = TO
"""The one occupation whose skills are from O*NET Web Services; it is on one side of every pair
below."""

UNRATED = "15-1252.00"
"""Rated by nobody but a language model, as is FROM: from one to the other there is one gap."""

SCORED_GAP = (0.0, 5.5, 5.5, None, None, 1, 0, 1, None, None, 0)

# domain, element id, name, from level, to level, gap, from importance, to importance, missing,
# newly relevant, higher, error, significant, low precision. In no order: the answer's order is the
# query's work.
GAPS: dict[tuple[str, str], list[tuple[Any, ...]]] = {
    (FROM, TO): [
        ("skills", "9.A.8", "No level", None, None, None, None, None, 0, 1, 0, None, None, 0),
        ("skills", "9.A.4", "Tied, second by id", 0.0, 1.5, 1.5, 1.0, 4.0, 1, 0, 1, 0.3, 1, 0),
        (
            "skills",
            "9.A.6",
            "Newly relevant and lower",
            1.0,
            0.5,
            -0.5,
            1.5,
            2.0,
            0,
            1,
            0,
            0.2,
            0,
            0,
        ),
        ("skills", "9.A.7", "A little higher", 1.0, 1.12, 0.12, 1.75, 1.62, 0, 0, 1, 0.4407, 0, 0),
        (
            "skills",
            "9.A.5",
            "Tied, no importance",
            0.0,
            1.5,
            1.5,
            1.0,
            None,
            1,
            0,
            1,
            None,
            None,
            0,
        ),
        ("skills", "9.A.2", "Tied, less important", 0.0, 1.5, 1.5, 1.0, 3.12, 1, 0, 1, 0.9, 0, 1),
        ("skills", "9.A.3", "Tied, first by id", 0.0, 1.5, 1.5, 1.0, 4.0, 1, 0, 1, 0.3, 1, 0),
        ("skills", "9.A.1", "Largest", 0.0, 2.25, 2.25, 1.12, 2.38, 1, 1, 1, 0.206, 1, 0),
        (
            "knowledge",
            "9.C.1",
            "Of another domain",
            0.0,
            3.0,
            3.0,
            1.0,
            3.0,
            1,
            1,
            1,
            None,
            None,
            0,
        ),
    ],
    (TO, FROM): [
        ("skills", "9.A.9", "=HYPERLINK(1)", 0.0, 0.25, 0.25, 1.0, 1.12, 1, 0, 1, 0.2, 0, 0),
        (
            "skills",
            "9.A.0",
            'Quoted "name", with comma',
            0.0,
            0.12,
            0.12,
            1.0,
            1.0,
            1,
            0,
            1,
            0.2,
            0,
            0,
        ),
        ("skills", "9.A.6", "-2+3", -1.0, -0.5, 0.5, 2.0, 1.5, 1, 0, 1, 0.2, 0, 0),
    ],
}

# What a gap is told in words, by element: group, level and text of the source's and the target's
# anchor. Others have none.
WORDS: dict[str, tuple[Any, ...]] = {
    "9.A.7": ("Tools", 2, "Hold a hammer", 2, "Hold a hammer"),
    "9.A.1": ("Tools", None, None, 2, "Drive a nail"),
}


@dataclass(frozen=True)
class Edition:
    """One publication's content. Every title and element name ends in the build id from the second
    on, so that a mix would show."""

    number: int = 1
    release: str = "29.2"
    without: frozenset[str] = frozenset()
    wages: Mapping[str, int] = field(default_factory=dict)
    """Median annual wage by code; where it is empty, no wages are landed."""
    not_loaded: tuple[str, ...] = ()
    """Subjects that the load lacks."""

    @property
    def build_id(self) -> str:
        return f"00000000-0000-4000-8000-{self.number:012d}"

    @property
    def mark(self) -> str:
        return "" if self.number == 1 else f" {self.build_id}"

    def _pay(self, code: str) -> tuple[Any, ...]:
        if not self.wages:
            return (None,) * 8
        known = (
            (self.wages[code], 0, "direct", code[:7])
            if code in self.wages
            else (None, None, "none", None)
        )
        return (f"May {2000 + self.number}", *known, None, None, None)

    @property
    def _met(self) -> tuple[Any, ...]:
        """An element that is no gap."""
        pair = (
            FROM,
            f"Chief Executives{self.mark}",
            TO,
            f"Facilities Managers{self.mark}",
            "skills",
            "9.A.0",
            f"Met{self.mark}",
        )
        return (*pair, 4.0, 3.0, -1.0, 4.5, 3.5, 0, 0, 0, 0.2, 0, 0, *(None,) * 5, 1)

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        if table in self.without or table == "llm_agreement":  # no endpoint reads it
            return []
        titles = {row[0]: row[1] + self.mark for row in OCCUPATIONS}
        if table == "occupation":
            return [
                (
                    row[0],
                    titles[row[0]],
                    *row[2:],
                    int(row[0] == SUPPLEMENTED),
                    0,
                    0,
                    0,
                    *self._pay(row[0]),
                    200,
                )
                for row in OCCUPATIONS
            ]
        if table == "skill_gap":
            return [
                (
                    *_pair(source, target, titles),
                    domain,
                    element,
                    name + self.mark,
                    *rest,
                    *_words(element),
                    int(domain == "skills"),
                )
                for (source, target), rows in GAPS.items()
                for domain, element, name, *rest in rows
            ]
        if table in live_sections.VIEWS:
            return live_sections.rows(table, titles)
        if table in live_labor.ROWS:
            return live_labor.ROWS[table]
        if table == "skill_comparison":
            return [
                (*row, "What it means.", *_margin_and_verdict(row))
                for row in [*self.rows("skill_gap"), self._met]
            ]
        if table == "llm_skill_gap":
            return [
                (
                    *_pair(FROM, UNRATED, titles),
                    "skills",
                    "9.A.1",
                    "Scored" + self.mark,
                    *SCORED_GAP,
                    *_words("9.A.1"),
                    0,
                )
            ]
        if table == "llm_occupation":
            return [
                (code, "skills", "a-model", "1", count)
                for code, count in ((FROM, 35), (UNRATED, 34))
            ]
        loaded, published = "2026-11-21 03:58:00", f"2026-11-21 04:00:{self.number % 60:02d}"
        checksums = '{"Skills.txt": "' + "ab" * 32 + '"}'
        return [
            (
                *(
                    self.build_id,
                    self.release,
                    self.release,
                    self.number,
                    loaded,
                    published,
                    checksums,
                ),
                *(428810, 2, len(OCCUPATIONS), 12, 99, 1, 70, 1, 75),
                json.dumps(
                    [
                        {
                            "subject": each,
                            "reason": f"there is no {each}.txt",
                            "lost": f"what {each} tells",
                        }
                        for each in self.not_loaded
                    ]
                ),
                *("skills, knowledge", "O*NET-SOC 2019", "30.3", loaded),
            )
        ]


def _pair(source: str, target: str, titles: Mapping[str, str]) -> tuple[str, ...]:
    return source, titles[source], target, titles[target]


def _words(element: str) -> tuple[Any, ...]:
    return WORDS.get(element, (None,) * 5)


def _margin_and_verdict(row: tuple[Any, ...]) -> tuple[float | None, str]:
    is_higher, error, is_significant = row[14:17]
    higher = {1: "clearly_higher", 0: "too_close_to_tell", None: "higher_without_error"}
    return (None if error is None else 2 * error), higher[is_significant] if is_higher else "met"


def _typed(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {type_}" for name, type_ in columns.items())


def _of_sqlite(columns: Mapping[str, str]) -> dict[str, str]:
    """DuckDB's types as SQLite's, which has no decimals and no times."""

    def of(type_: str) -> str:
        return (
            "real"
            if type_.startswith(("decimal", "double"))
            else "integer"
            if "int" in type_
            else "text"
        )

    return {name: of(type_) for name, type_ in columns.items()}


class Warehouse(Protocol):
    """A live warehouse of one engine."""

    name: str

    def publish(self, edition: Edition) -> None: ...
    def unpublish(self) -> None: ...
    def environment(self) -> dict[str, str]: ...
    def drop(self) -> None: ...


@dataclass
class SQLiteWarehouse:
    """`live/` with its pointer, as the publication step keeps it: new files each time, the last two
    kept.

    The pointer names the DuckDB file, which the API never opens and which is not made here.
    """

    directory: Path
    name: str
    files: list[Path] = field(default_factory=list)

    @property
    def pointer(self) -> Path:
        return self.directory / "live" / "current"

    def publish(self, edition: Edition) -> None:
        path = self.directory / "live" / f"{edition.number:06d}-{secrets.token_hex(4)}.sqlite"
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("pragma user_version = 1")
            for table, columns in recorded("duckdb").items():
                connection.execute(f"create table core_{table} ({_typed(_of_sqlite(columns))})")
                if rows := edition.rows(table):
                    connection.executemany(
                        f"insert into core_{table} values ({', '.join('?' * len(rows[0]))})", rows
                    )
                connection.execute(f"create view {table} as select * from core_{table}")
        self.files.append(path)
        self.point_at(path.with_suffix(".duckdb").name)
        for old in self.files[:-2]:
            old.unlink()
        del self.files[:-2]

    def point_at(self, file_name: str) -> None:
        fresh = self.pointer.with_name("current.new")
        fresh.write_text(file_name + "\n")
        fresh.replace(self.pointer)

    def unpublish(self) -> None:
        self.pointer.unlink()

    def environment(self) -> dict[str, str]:
        return {
            "WAREHOUSE_ENGINE": "duckdb",
            "WAREHOUSE_DIR": str(self.directory),
            "WAREHOUSE_NAME": self.name,
        }

    def drop(self) -> None:
        """Its directory is the test's own temporary one."""


@dataclass
class MySQLWarehouse:
    """Tables in `<name>_core`, views in `<name>`, and a user who may select from the views and do
    nothing else."""

    server: MysqlServer
    name: str
    password: str = field(default_factory=lambda: "secret-" + secrets.token_hex(8))
    made: bool = False

    def __post_init__(self) -> None:
        with self.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"create user {self.name} identified by '{self.password}'")
            cursor.execute(f"grant select on {self.name}.* to {self.name}")

    def publish(self, edition: Edition) -> None:
        with self.server.connect() as connection, connection.cursor() as cursor:
            if not self.made:
                self._make(cursor)
            connection.begin()
            for table in recorded("mysql"):
                cursor.execute(f"delete from {self.name}_core.{table}")
                if rows := edition.rows(table):
                    cursor.executemany(
                        f"insert into {self.name}_core.{table} values"
                        f" ({', '.join(['%s'] * len(rows[0]))})",
                        rows,
                    )
            connection.commit()

    def _make(self, cursor: pymysql.cursors.Cursor) -> None:
        for database in (self.name, f"{self.name}_core"):
            cursor.execute(
                f"create database {database} character set utf8mb4 collate utf8mb4_0900_bin"
            )
        for table, columns in recorded("mysql").items():
            cursor.execute(f"create table {self.name}_core.{table} ({_typed(columns)})")
            cursor.execute(
                f"create view {self.name}.{table} as select * from {self.name}_core.{table}"
            )
        self.made = True

    def unpublish(self) -> None:
        with self.server.connect() as connection, connection.cursor() as cursor:
            for table in recorded("mysql"):
                cursor.execute(f"drop view {self.name}.{table}")

    def environment(self) -> dict[str, str]:
        return {
            "WAREHOUSE_ENGINE": "mysql",
            "WAREHOUSE_NAME": self.name,
            "WAREHOUSE_SOCKET": str(self.server.socket),
            "WAREHOUSE_USER": self.name,
            "WAREHOUSE_PASSWORD": self.password,
        }

    def drop(self) -> None:
        with self.server.connect() as connection, connection.cursor() as cursor:
            for database in (self.name, f"{self.name}_core"):
                cursor.execute(f"drop database if exists {database}")
            cursor.execute(f"drop user if exists {self.name}")


def make_warehouse(engine: str, request: pytest.FixtureRequest, directory: Path) -> Warehouse:
    name = f"onet_test_{secrets.token_hex(4)}"
    return (
        MySQLWarehouse(request.getfixturevalue("mysql_server"), name)
        if engine == "mysql"
        else SQLiteWarehouse(directory, name)
    )


@contextlib.contextmanager
def served(environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a real server in a thread of this process; quick to start."""
    # One line per event, for whoever reads a failed test: structlog's own way for a terminal takes
    # seconds over a traceback.
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    settings = Settings(**{name.lower(): value for name, value in environment.items()})  # type: ignore[arg-type]
    config = uvicorn.Config(
        create_app(settings),
        host="127.0.0.1",
        port=0,
        log_config=None,
        access_log=False,
        http=BoundedHttpProtocol,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started or not thread.is_alive())
    assert server.started
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@dataclass
class Served:
    """A server in a process of its own."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path


@contextlib.contextmanager
def served_by_process(environment: Mapping[str, str], log: Path, *command: str) -> Iterator[Served]:
    """The service as users start it, on a free port, its output in the file `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *(command or ("-m", "api"))],
            cwd=ROOT,
            env={**without_settings(), "API_PORT": "0", **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        marker = "Uvicorn running on http://"
        until(lambda: marker in log.read_text() or process.poll() is not None)
        assert marker in log.read_text(), log.read_text()
        address = log.read_text().split(marker)[1].split()[0].strip('",')
        yield Served(process, f"http://{address}", log)
    finally:
        process.terminate()
        process.wait(20)


class Asked:
    """The database of an environment, asked from outside an event loop, as the tests do."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._runner = asyncio.Runner()
        settings = Settings(**{name.lower(): value for name, value in environment.items()})  # type: ignore[arg-type]
        self.database = open_database(settings)

    def __enter__(self) -> Asked:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self.database.close())
        self._runner.close()

    def run(self, question: Coroutine[Any, Any, Result]) -> Result:
        return self._runner.run(question)

    def fetch(self, statement: str, params: Params) -> list[Record]:
        return self.run(self._fetch(statement, params))

    def fetch_together(self, statements: Sequence[Statement]) -> list[list[Record]]:
        return self.run(self._fetch_together(statements))

    async def _fetch(self, statement: str, params: Params) -> list[Record]:
        return await self.database.fetch(statement, params)

    async def _fetch_together(self, statements: Sequence[Statement]) -> list[list[Record]]:
        return await self.database.fetch_together(statements)


def until(condition: Any, seconds: float = 60) -> None:
    """Return once the condition holds; fail where it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


BOTH_ENGINES = ("duckdb", pytest.param("mysql", marks=pytest.mark.mysql))


@pytest.fixture
def live_mysql(mysql_server: MysqlServer) -> Iterator[MySQLWarehouse]:
    made = MySQLWarehouse(mysql_server, f"onet_test_{secrets.token_hex(4)}")
    made.publish(Edition())
    yield made
    made.drop()


@pytest.fixture(scope="session", params=BOTH_ENGINES)
def api_client(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of a server over the first edition. For tests that only read."""
    warehouse = make_warehouse(request.param, request, tmp_path_factory.mktemp("warehouse"))
    try:
        warehouse.publish(Edition())
        with served(warehouse.environment()) as url, httpx.Client(base_url=url) as client:
            yield client
    finally:
        warehouse.drop()


@pytest.fixture(params=BOTH_ENGINES)
def live(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse of the test's own, with nothing published yet."""
    made = make_warehouse(request.param, request, tmp_path)
    try:
        yield made
    finally:
        made.drop()

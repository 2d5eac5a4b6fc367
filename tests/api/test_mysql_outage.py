"""MySQL out of reach: a 503 that gives nothing away, and no failed request once it is back."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest

from tests.support.live_warehouse import FROM, TO, MySQLWarehouse, served, served_by_process, until

if TYPE_CHECKING:
    from tests.support.mysql_server import MysqlServer

pytestmark = pytest.mark.mysql

GAP = f"/skill-gap?from={FROM}&to={TO}"


class Line:
    """A TCP line to the server's socket that can be cut and mended, as a restart of the server
    looks from outside."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._listen()

    def _listen(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(self._server))
                self._ends += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)

    def drop_connections(self) -> None:
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def cut(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop_connections()

    def mend(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._listen()


@pytest.fixture
def line(mysql_server: MysqlServer) -> Iterator[Line]:
    made = Line(mysql_server.socket)
    yield made
    made.cut()


def by_line(live_mysql: MySQLWarehouse, line: Line) -> dict[str, str]:
    environment = live_mysql.environment()
    del environment["WAREHOUSE_SOCKET"]
    return {**environment, "WAREHOUSE_HOST": "127.0.0.1", "WAREHOUSE_PORT": str(line.port)}


def test_a_cut_is_survived_and_nothing_secret_is_said(
    live_mysql: MySQLWarehouse, line: Line, tmp_path: Path
) -> None:
    with (
        served_by_process(by_line(live_mysql, line), tmp_path / "log") as server,
        httpx.Client(base_url=server.url) as client,
    ):
        assert client.get(GAP).status_code == 200
        line.cut()
        answer = client.get(GAP)
        assert (answer.status_code, answer.json()["type"]) == (
            503,
            "/problems/database-unavailable",
        )
        assert answer.headers["retry-after"] == "5"
        assert client.get("/health/ready").status_code == 503
        assert client.get("/health/live").status_code == 200
        line.mend()
        assert client.get(GAP).status_code == 200
    log = (tmp_path / "log").read_text()
    events = [json.loads(text) for text in log.splitlines()]
    assert "database_unavailable" in {event["event"] for event in events}
    assert live_mysql.password not in log + answer.text
    assert live_mysql.name not in answer.text
    assert str(line.port) not in answer.text


def test_connections_that_died_in_the_pool_cost_no_request(
    live_mysql: MySQLWarehouse, line: Line
) -> None:
    with served(by_line(live_mysql, line)) as url:

        def ask(answers: list[int]) -> None:
            with httpx.Client(base_url=url) as client:
                for _ in range(20):
                    answers.append(client.get(GAP).status_code)  # noqa: PERF401

        for _ in range(3):
            answers: list[int] = []
            threads = [threading.Thread(target=ask, args=(answers,)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert answers == [200] * 80
            line.drop_connections()


def test_connections_killed_while_in_use_cost_no_request(
    live_mysql: MySQLWarehouse, mysql_server: MysqlServer
) -> None:
    """As the server's shutdown ends them, or an administrator: some between two requests, some in
    the middle of a query."""
    statuses: list[list[int]] = [[] for _ in range(4)]
    done = threading.Event()

    def ask(url: str, mine: list[int]) -> None:
        with httpx.Client(base_url=url) as client:
            while not done.is_set():
                mine.append(client.get(GAP).status_code)

    with served(live_mysql.environment()) as url:
        threads = [threading.Thread(target=ask, args=(url, mine)) for mine in statuses]
        for thread in threads:
            thread.start()
        for _ in range(10):
            with mysql_server.connect() as connection, connection.cursor() as cursor:
                cursor.execute(
                    "select id from information_schema.processlist where user = %s",
                    (live_mysql.name,),
                )
                for (number,) in cursor.fetchall():
                    with contextlib.suppress(Exception):  # gone already
                        cursor.execute(f"kill {number}")
            # A request is promised to survive one loss: whoever met this one shall be through
            # before the next.
            answered = [len(mine) for mine in statuses]
            until(
                lambda answered=answered: all(
                    len(mine) > before + 3 for mine, before in zip(statuses, answered, strict=True)
                )
            )
        done.set()
        for thread in threads:
            thread.join()
    assert {status for mine in statuses for status in mine} == {200}


def test_a_wrong_password_is_unavailable_and_stays_unsaid(
    live_mysql: MySQLWarehouse, tmp_path: Path
) -> None:
    environment = live_mysql.environment() | {"WAREHOUSE_PASSWORD": "planted-secret"}
    with served_by_process(environment, tmp_path / "log") as server:
        answer = httpx.get(server.url + GAP)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/database-unavailable")
    for text in ((tmp_path / "log").read_text(), answer.text):
        assert "planted-secret" not in text
    assert "Access denied" in (tmp_path / "log").read_text()


def test_nobody_listening_is_unavailable_at_once(live_mysql: MySQLWarehouse) -> None:
    environment = live_mysql.environment()
    with served(
        environment | {"WAREHOUSE_SOCKET": environment["WAREHOUSE_SOCKET"] + ".none"}
    ) as url:
        assert httpx.get(url + "/publication").json()["type"] == "/problems/database-unavailable"


def test_the_password_may_come_from_a_file(live_mysql: MySQLWarehouse, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(live_mysql.password + "\n")
    environment = live_mysql.environment() | {
        "WAREHOUSE_PASSWORD": "wrong",
        "WAREHOUSE_PASSWORD_FILE": str(tmp_path / "password"),
    }
    with served(environment) as url:
        assert httpx.get(url + GAP).status_code == 200

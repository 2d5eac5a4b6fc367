"""The API's connections to MySQL: encrypted where the server can, bounded in number and in time,
one statement for many gaps."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest

from api.database import DatabaseUnavailableError, NoPublicationError, mysql
from api.queries.publication import CURRENT_PUBLICATION
from tests.conftest import mysqld
from tests.support.live_warehouse import (
    FROM,
    GAPS,
    OCCUPATIONS,
    TO,
    Asked,
    Edition,
    MySQLWarehouse,
    served,
)
from tests.support.mysql_server import QUICK, start

if TYPE_CHECKING:
    from tests.support.mysql_server import MysqlServer

pytestmark = pytest.mark.mysql

GAP = f"/skill-gap?from={FROM}&to={TO}"
TITLES = "select title from {name}.occupation"
CIPHER = "show session status like 'Ssl_cipher'"


def by_tcp(live: MySQLWarehouse) -> dict[str, str]:
    environment = live.environment()
    del environment["WAREHOUSE_SOCKET"]
    return {**environment, "WAREHOUSE_HOST": "127.0.0.1", "WAREHOUSE_PORT": str(live.server.port)}


def test_what_leaves_by_tcp_is_encrypted_and_what_stays_on_a_socket_is_not(
    live_mysql: MySQLWarehouse,
) -> None:
    with Asked(by_tcp(live_mysql)) as asked:
        [(_, cipher)] = asked.fetch(CIPHER, {})
        assert cipher.startswith("TLS_")
    with Asked(live_mysql.environment()) as asked:
        assert asked.fetch(CIPHER, {}) == [("Ssl_cipher", "")]


def test_a_server_without_tls_is_reached_all_the_same() -> None:
    """Its password check is then by the server's public key."""
    with start(mysqld(), [*QUICK, "--tls-version="]) as server:
        live = MySQLWarehouse(server, "onet_test_plain")
        live.publish(Edition())
        with Asked(by_tcp(live)) as asked:
            assert asked.fetch(CIPHER, {}) == [("Ssl_cipher", "")]
        with served(by_tcp(live)) as url:
            assert httpx.get(url + GAP).status_code == 200


@contextlib.contextmanager
def locked(live: MySQLWarehouse, table: str) -> Iterator[None]:
    """Whoever reads the table waits."""
    with live.server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"lock tables {live.name}_core.{table} write")
        yield
        cursor.execute("unlock tables")


def test_who_finds_no_connection_free_is_told_so_in_time(
    live_mysql: MySQLWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql, "POOL_TIMEOUT_SECONDS", 0.2)

    async def ask(asked: Asked, unlock: Callable[[], None]) -> list[object]:
        database = asked.database
        reading = [asyncio.create_task(database.fetch(TITLES, {})) for _ in range(2)]
        await asyncio.sleep(0)
        [refused] = await asyncio.gather(
            database.fetch(CURRENT_PUBLICATION, {}), return_exceptions=True
        )
        unlock()
        return [refused, *(len(rows) for rows in await asyncio.gather(*reading))]

    with (
        Asked(live_mysql.environment() | {"API_POOL_SIZE": "1"}) as asked,
        contextlib.ExitStack() as stack,
    ):
        stack.enter_context(locked(live_mysql, "occupation"))
        refused, *rows = asked.run(ask(asked, stack.close))
    assert isinstance(refused, DatabaseUnavailableError)
    assert rows == [len(OCCUPATIONS)] * 2


def test_a_statement_that_does_not_end_is_given_up_and_harms_nobody(
    live_mysql: MySQLWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql, "ROUND_TRIP_TIMEOUT_SECONDS", 0.3)
    with served(live_mysql.environment()) as url, httpx.Client(base_url=url) as client:
        assert client.get(GAP).status_code == 200
        with locked(live_mysql, "skill_gap"):
            answer = client.get(GAP.replace(TO, "11-1021.00"))
            assert (answer.status_code, answer.json()["type"]) == (
                503,
                "/problems/database-unavailable",
            )
            assert client.get("/publication").status_code == 200
        assert client.get(GAP.replace(TO, "11-1021.00")).status_code == 200


def test_a_server_that_lets_everybody_in_and_says_nothing_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mysql, "CONNECT_TIMEOUT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environment = {
            "WAREHOUSE_ENGINE": "mysql",
            "WAREHOUSE_PORT": str(silent.getsockname()[1]),
            "WAREHOUSE_USER": "api",
        }
        with served(environment) as url:
            answer = httpx.get(url + GAP)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/database-unavailable")


def executed(server: MysqlServer) -> int:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("show global status like 'Com_stmt_execute'")
        return int(cursor.fetchall()[0][1])


def test_gaps_that_are_asked_for_meanwhile_share_a_statement(own_mysql_server: MysqlServer) -> None:
    live = MySQLWarehouse(own_mysql_server, "onet_test_shared")
    live.publish(Edition())
    pairs = [
        (source, target, domain)
        for source in (FROM, TO, "nobody")
        for target in (FROM, TO)
        for domain in ("skills", "knowledge")
    ]

    async def ask_all(asked: Asked) -> tuple[list[Any], list[Any]]:
        database = asked.database
        alone = [await database.fetch_skill_gap(*pair) for pair in pairs]
        before = executed(own_mysql_server)
        tasks = [asyncio.create_task(database.fetch_skill_gap(*pair)) for pair in pairs * 3]
        await asyncio.sleep(0)
        tasks[0].cancel()  # who hangs up takes nothing from the others
        together = await asyncio.gather(*tasks, return_exceptions=True)
        assert executed(own_mysql_server) - before <= 2
        assert isinstance(together[0], asyncio.CancelledError)
        return alone * 3, [alone[0], *together[1:]]

    async def ask_one(asked: Asked, *pair: str) -> None:
        await asked.database.fetch_skill_gap(*pair)

    with Asked(live.environment()) as asked:
        alone, together = asked.run(ask_all(asked))
        assert together == alone
        assert [len(rows) for _, rows in alone[: len(pairs)]] == [
            sum(row[0] == domain for row in GAPS.get((source, target), []))
            for source, target, domain in pairs
        ]
        live.unpublish()
        for pair in pairs[:2]:
            with pytest.raises(NoPublicationError):
                asked.run(ask_one(asked, *pair))

"""Statements that a connection to MySQL has prepared: right after whatever was changed beneath
them, and never more than it may keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from api.database.base import MAX_STATEMENTS
from tests.support.live_warehouse import FROM, Asked, MySQLWarehouse

if TYPE_CHECKING:
    from tests.support.mysql_server import MysqlServer

pytestmark = pytest.mark.mysql

TITLE = "select title from {name}.occupation where occupation_code = :code"


@pytest.fixture(scope="module")
def mysql_server(own_mysql_server: MysqlServer) -> MysqlServer:
    """Whose statements nobody else counts among."""
    return own_mysql_server


@pytest.fixture
def database(live_mysql: MySQLWarehouse) -> Iterator[Asked]:
    with Asked(live_mysql.environment()) as asked:
        yield asked


def kept(server: MysqlServer) -> int:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("show global status like 'Prepared_stmt_count'")
        return int(cursor.fetchall()[0][1])


def test_a_connection_keeps_the_statements_it_used_last(
    database: Asked, mysql_server: MysqlServer
) -> None:
    before = kept(mysql_server)
    most = MAX_STATEMENTS
    for number in range(most + 10):
        database.fetch(TITLE, {"code": FROM})  # always among the last
        assert database.fetch(f"select cast(:value as signed) + {number}", {"value": number}) == [
            (2 * number,)
        ]
    assert kept(mysql_server) - before == most
    # one that went
    assert database.fetch("select cast(:value as signed) + 0", {"value": 7}) == [(7,)]


def test_values_of_every_kind_arrive_as_they_are(database: Asked) -> None:
    values = {
        "text": "a'b\\c\"%s? :code 数",
        "none": None,
        "number": 2,
        "share": 0.25,
        "again": "x",
    }
    statement = "select :text, :none, :number, :share, :again, :again"
    assert database.fetch(statement, values) == [("a'b\\c\"%s? :code 数", None, 2, 0.25, "x", "x")]
    assert database.fetch(statement, values | {"text": None, "number": 3, "none": "y"}) == [
        (None, "y", 3, 0.25, "x", "x")
    ]


def test_a_view_that_was_replaced_is_read_anew(
    database: Asked, live_mysql: MySQLWarehouse, mysql_server: MysqlServer
) -> None:
    assert database.fetch(TITLE, {"code": FROM}) == [("Chief Executives",)]
    with mysql_server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            f"create or replace view {live_mysql.name}.occupation as select cast('{FROM}' as"
            " char(10)) as occupation_code, 1 as title"
        )
    assert database.fetch(TITLE, {"code": FROM}) == [(1,)]

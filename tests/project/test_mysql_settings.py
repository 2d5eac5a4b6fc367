"""A MySQL server with settings of its own: what is landed, built and answered is the same, or the
door says why not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.conftest import mysqld
from tests.support.live_warehouse import served_by_process
from tests.support.mysql_server import QUICK, MysqlServer, start
from tests.support.warehouse import Warehouse, create_users, make_warehouse

pytestmark = pytest.mark.mysql

ODD = [
    "--sql-mode=NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PIPES_AS_CONCAT,HIGH_NOT_PRECEDENCE,REAL_AS_FLOAT",
    "--sql-require-primary-key=ON",
    "--max-allowed-packet=65536",
    "--div-precision-increment=0",
    "--default-time-zone=+05:30",
    "--completion-type=CHAIN",
    "--transaction-isolation=READ-UNCOMMITTED",
    "--collation-server=utf8mb4_0900_ai_ci",
]
LATER = {"sql_select_limit": 2, "max_join_size": 10, "sql_safe_updates": 1}
"""Kept for what connects after the tests' own set-up, which has no such care."""
ASKED = [
    "/skill-gap?from=11-1011&to=11-3013&definition=higher",
    "/compare?from=11-1011&to=11-3013",
    "/occupations?limit=50",
    "/occupations/11-1011/transitions",
]
ROWS = "select * from {live}.skill_comparison order by 1, 2, 3, 4, 5, 6"


@pytest.fixture(scope="module")
def odd_server() -> Iterator[MysqlServer]:
    with start(mysqld(), [*QUICK, *ODD]) as server:
        yield server


def _set(server: MysqlServer, **values: object) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(f"set global {name} = {value}")


def test_settings_of_the_server_change_no_row_and_no_answer(
    odd_server: MysqlServer, on_both_engines: object, tmp_path: Path
) -> None:
    expected: Warehouse = on_both_engines("sample")[1]  # type: ignore[operator]
    # of a test
    odd = Warehouse("mysql", tmp_path / "warehouse", odd_server, password="pä€s wörd")  # noqa: S106
    create_users(odd)
    with odd_server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"grant session_variables_admin on *.* to {odd.name}_dbt")
    _set(odd_server, **LATER)
    odd.land("sample")
    odd.build()
    with served_by_process(odd.environment("api"), tmp_path / "log") as served:
        answers = [httpx.get(served.url + address) for address in ASKED]
    _set(odd_server, **dict.fromkeys(LATER, "default"))
    assert odd.query(ROWS) == expected.query(ROWS)
    with served_by_process(expected.environment("api"), tmp_path / "log2") as served:
        for address, answer in zip(ASKED, answers, strict=True):
            assert answer.status_code == 200, address
            same = httpx.get(served.url + address).json()
            assert _without_publication(answer.json()) == _without_publication(same), address


def _without_publication(answer: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in answer.items() if name != "publication"}


def test_a_server_that_demands_keys_and_a_user_without_the_right_are_told(
    odd_server: MysqlServer, tmp_path: Path
) -> None:
    with make_warehouse("mysql", tmp_path / "warehouse", odd_server) as odd:
        odd.land("sample")
        told = odd.run("dbt", "dbt_onet", "build", code=1)
        assert "sql_require_primary_key" in told
        assert f"grant session_variables_admin on *.* to `{odd.name}_dbt`" in told
        assert "Traceback" not in told


def test_tables_of_another_storage_engine_are_refused_by_name(
    own_mysql_server: MysqlServer, tmp_path: Path
) -> None:
    warehouse = Warehouse("mysql", tmp_path / "warehouse", own_mysql_server)
    create_users(warehouse)
    with own_mysql_server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("set global default_storage_engine = MyISAM")
    warehouse.land("sample")
    made = (
        "select count(*) from information_schema.tables where table_schema = '{raw}' and engine ="
        " 'InnoDB'"
    )
    assert warehouse.query(made)[0][0] > 40
    with own_mysql_server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"create table {warehouse.name}_raw.notes (note int) engine = MyISAM")
    assert f"`{warehouse.name}_raw`.`notes`" in warehouse.land("sample", "--force", code=1)

"""A MySQL server over TCP whose authority is named: used where it vouches for the server, and else
nothing is sent.

And a server that only reads, and users with too few rights: what is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import certifi
import httpx2 as httpx
import pytest

from tests.conftest import mysqld
from tests.support.live_warehouse import served_by_process, until
from tests.support.mysql_server import QUICK, MysqlServer, start
from tests.support.warehouse import Role, Warehouse, create_users

pytestmark = pytest.mark.mysql

ROLES: tuple[Role, ...] = ("loader", "dbt", "api")
COMMANDS: dict[Role, tuple[str, ...]] = {
    "loader": ("loader", "land", "sample"),
    "dbt": ("dbt_onet", "build"),
}


CHECKS: list[tuple[Role, tuple[str, ...]]] = [*COMMANDS.items(), ("api", ("api", "--check"))]


def run(
    warehouse: Warehouse, role: Role, command: tuple[str, ...], extra: dict[str, str], code: int = 0
) -> str:
    return warehouse.run(role, *command, code=code, **extra)


@pytest.fixture(scope="module")
def plain_server() -> Iterator[MysqlServer]:
    """Without a certificate, and so without TLS."""
    with start(mysqld(), [*QUICK, "--auto-generate-certs=OFF"]) as server:
        yield server


def own_authority(server: MysqlServer) -> Path:
    """The one that the server has made for itself."""
    return server.socket.parent / "data" / "ca.pem"


def over_tcp(server: MysqlServer, authority: Path | str) -> dict[str, str]:
    return {
        "WAREHOUSE_SOCKET": "",
        "WAREHOUSE_HOST": "127.0.0.1",
        "WAREHOUSE_PORT": str(server.port),
        "WAREHOUSE_SSL_CA": str(authority),
    }


@pytest.fixture
def warehouse(own_mysql_server: MysqlServer, tmp_path: Path) -> Warehouse:
    made = Warehouse("mysql", tmp_path / "warehouse", own_mysql_server)
    create_users(made)
    with own_mysql_server.connect() as connection, connection.cursor() as cursor:
        for role in ROLES:
            cursor.execute(f"alter user {made.name}_{role} require ssl")
    return made


def ask_api(warehouse: Warehouse, folder: Path, extra: dict[str, str]) -> tuple[int, str]:
    """The status of an answer, and what the log says."""
    log = folder / "log"
    with served_by_process(warehouse.environment("api") | extra, log) as served:
        status = httpx.get(f"{served.url}/publication").status_code
        until(lambda: "/publication" in log.read_text())
    assert warehouse.password not in log.read_text()
    return status, log.read_text()


def test_who_is_vouched_for_is_loaded_built_and_read(warehouse: Warehouse, tmp_path: Path) -> None:
    assert warehouse.server
    extra = over_tcp(warehouse.server, own_authority(warehouse.server))
    for role, command in COMMANDS.items():
        run(warehouse, role, command, extra)
    assert ask_api(warehouse, tmp_path, extra)[0] == 200


def test_who_is_not_vouched_for_is_sent_nothing(warehouse: Warehouse, tmp_path: Path) -> None:
    assert warehouse.server
    extra = over_tcp(warehouse.server, certifi.where())
    for role, command in COMMANDS.items():
        told = run(warehouse, role, command, extra, code=1)
        assert "WAREHOUSE_SSL_CA" in told, role
        assert "Traceback" not in told
    status, log = ask_api(warehouse, tmp_path, extra)
    assert status == 503
    assert "WAREHOUSE_SSL_CA" in log


def test_a_server_without_tls_is_sent_nothing(plain_server: MysqlServer, tmp_path: Path) -> None:
    warehouse = Warehouse("mysql", tmp_path / "warehouse", plain_server)
    create_users(warehouse)
    extra = over_tcp(plain_server, certifi.where())
    for role, command in COMMANDS.items():
        told = run(warehouse, role, command, extra, code=1)
        assert "SSL is required" in told, role
        assert "Traceback" not in told
    assert ask_api(warehouse, tmp_path, extra)[0] == 503
    without = extra | {"WAREHOUSE_SSL_CA": ""}
    run(warehouse, "loader", COMMANDS["loader"], without)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_without_authorities_is_named(
    warehouse: Warehouse, tmp_path: Path, content: str | None
) -> None:
    assert warehouse.server
    file = tmp_path / "ca.pem"
    if content:
        file.write_text(content)
    extra = over_tcp(warehouse.server, file)
    for role, command in CHECKS:
        told = run(warehouse, role, command, extra, code=1)
        assert "WAREHOUSE_SSL_CA" in told, role
        assert str(file) in told
        assert "Traceback" not in told


def test_a_server_that_only_reads_is_said_and_answered_from(
    own_mysql_server: MysqlServer, tmp_path: Path
) -> None:
    warehouse = Warehouse("mysql", tmp_path / "warehouse", own_mysql_server)
    create_users(warehouse)
    warehouse.land("sample")
    warehouse.build()
    with own_mysql_server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("set global read_only = on")
        try:
            told = warehouse.run("loader", *COMMANDS["loader"], "--force", code=1)
            assert "only reads" in told
            told = warehouse.run("dbt", *COMMANDS["dbt"], code=1)
            assert "read-only" in told
            assert "Traceback" not in told
            assert ask_api(warehouse, tmp_path, {})[0] == 200
        finally:
            cursor.execute("set global read_only = off")


def test_users_with_too_few_rights_are_told_which_they_lack(
    own_mysql_server: MysqlServer, tmp_path: Path
) -> None:
    warehouse = Warehouse("mysql", tmp_path / "warehouse", own_mysql_server)
    create_users(warehouse)
    name = warehouse.name
    raw, core = (f"{name}_{each}".replace("_", r"\_") for each in ("raw", "core"))
    live = name.replace("_", r"\_")
    with own_mysql_server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"revoke all on `{raw}`.* from {name}_loader")
        told = warehouse.run("loader", *COMMANDS["loader"], code=1)
        assert f"{name}_loader" in told
        assert f"{name}_raw" in told
        assert "Traceback" not in told
        cursor.execute(f"grant all on `{raw}`.* to {name}_loader")
        warehouse.run("loader", *COMMANDS["loader"])
        cursor.execute(f"revoke all on `{core}`.* from {name}_dbt")
        told = warehouse.run("dbt", *COMMANDS["dbt"], code=1)
        assert f"{name}_dbt" in told
        assert f"{name}_core" in told
        assert "Traceback" not in told
        cursor.execute(f"revoke all on `{live}`.* from {name}_api")
        assert ask_api(warehouse, tmp_path, {})[0] == 503

"""Fixtures that every room's tests share: a private MySQL server for the session, and warehouses to read or to break."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from environment import forget_keys
from live_warehouse import api_client, live, live_mysql  # noqa: F401  # fixtures of the tests of the API
from mysql_server import MysqlServer, start
from warehouse import Engine, Warehouse, make_warehouse

OF_RELEASES = ("test_gap_every_pair", "test_occupation_views", "test_profile_gap", "test_release_30_3", "test_transitions")
"""The files whose tests read whole releases, built once for all of them."""


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For `--dist loadgroup`: a file's tests run on one worker; those of the files that share the releases, too. The longest begin."""
    for item in items:
        group = "releases" if item.path.stem in OF_RELEASES else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: (item.path.stem not in OF_RELEASES, item.path.stem != "test_publication"))


def pytest_configure() -> None:
    forget_keys()


@pytest.fixture(scope="session")
def mysql_server() -> Iterator[MysqlServer]:
    """TEST_MYSQL_SOCKET and TEST_MYSQL_PORT name a server that is there already: root without a password, nothing of value on it."""
    if there := os.environ.get("TEST_MYSQL_SOCKET"):
        yield MysqlServer(Path(there), int(os.environ.get("TEST_MYSQL_PORT", "3306")))
        return
    mysqld = os.environ.get("MYSQLD") or shutil.which("mysqld")
    if not mysqld:
        pytest.skip("no mysqld on the PATH or in MYSQLD")
    with start(mysqld) as server:
        yield server


@pytest.fixture
def warehouse_name(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh name that no real warehouse has; what the test made under it in MySQL is dropped afterwards."""
    name = f"onet_test_{secrets.token_hex(4)}"
    yield name
    if "mysql_server" in request.fixturenames:
        with request.getfixturevalue("mysql_server").connect() as connection, connection.cursor() as cursor:
            cursor.execute(
                "select schema_name from information_schema.schemata where schema_name like %s", (name.replace("_", r"\_") + "%",)
            )
            for (database,) in cursor.fetchall():
                cursor.execute(f"drop database `{database}`")


@pytest.fixture(scope="session")
def releases() -> Path:
    """A folder with official releases as zips (`db_29_2_text.zip` …), no part of the project: ONET_RELEASES, or `../shared/onet`."""
    folder = Path(os.environ.get("ONET_RELEASES", Path(__file__).parents[2] / "shared" / "onet"))
    if not (folder / "db_29_2_text.zip").exists():
        pytest.skip(f"no O*NET releases in {folder}: set ONET_RELEASES")
    return folder


@pytest.fixture(scope="session", params=["duckdb", pytest.param("mysql", marks=pytest.mark.mysql)])
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str, MysqlServer | None], Warehouse]]:
    """Not parametrised by engine, so that changing between engines does not throw a warehouse away."""
    with ExitStack() as stack:

        @cache
        def make(engine: Engine, source: str, server: MysqlServer | None) -> Warehouse:
            warehouse = stack.enter_context(make_warehouse(engine, tmp_path_factory.mktemp(engine), server))
            warehouse.land(source)
            warehouse.build()
            return warehouse

        yield make


@pytest.fixture
def published(engine: Engine, request: pytest.FixtureRequest, built: Callable[..., Warehouse]) -> Callable[[str], Warehouse]:
    """A release, landed, built and published once a session for all tests that only read it; `sample` needs no official files."""
    server = request.getfixturevalue("mysql_server") if engine == "mysql" else None

    def make(release: str) -> Warehouse:
        source = "sample"
        if release != "sample":
            source = str(request.getfixturevalue("releases") / f"db_{release.replace('.', '_')}_text.zip")
        return built(engine, source, server)

    return make


@pytest.fixture
def warehouse(engine: Engine, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    """An empty warehouse of one test's own."""
    with make_warehouse(engine, tmp_path / "warehouse", request.getfixturevalue("mysql_server") if engine == "mysql" else None) as made:
        yield made

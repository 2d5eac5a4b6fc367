"""Fixtures that every room's tests share: one MySQL server for the run, and warehouses to read, to
copy or to break."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support import shared
from tests.support.environment import forget_keys

# fixtures of the tests of the API
from tests.support.live_warehouse import api_client, live, live_mysql  # noqa: F401
from tests.support.marks import QUICK_RELEASES, mark
from tests.support.mysql_server import MysqlServer, start
from tests.support.slowest import Slowest
from tests.support.warehouse import (
    Engine,
    Warehouse,
    code_checksum,
    copy_of,
    create_users,
    make_warehouse,
)

# hooks: xdist asks before it configures
from tests.support.workers import pytest_xdist_auto_num_workers, pytest_xdist_make_scheduler  # noqa: F401


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slowest",
        type=int,
        default=0,
        metavar="N",
        help="list the N tests that take most CPU time",
    )
    parser.addoption(
        "--nothing-skipped",
        action="store_true",
        help="a skipped test fails the run, unless it only lacks an official O*NET release",
    )
    parser.addoption(
        "--record-views",
        action="store_true",
        help="note the published views for the tests of the API: live_views.json",
    )


def pytest_configure(config: pytest.Config) -> None:
    forget_keys()
    config.pluginmanager.register(Slowest(config.getoption("--slowest")))
    if shared.begin():
        config.add_cleanup(shared.end)


@pytest.hookimpl(tryfirst=True)  # -m reads what is marked here
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mark(items)


def pytest_collection_finish() -> None:
    """What is imported and collected by now stays to the end: Python need not look through it again
    and again, nor as often as it does by itself, which is a tenth of each build."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not session.config.getoption("--nothing-skipped") or not reporter:
        return
    reasons = [
        str(report.longrepr[2])
        for report in reporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    ]
    if lacking := sorted(
        {
            reason
            for reason in reasons
            if "no O*NET releases" not in reason and "no files of the exercise" not in reason
        }
    ):
        reporter.write_line(f"\nskipped, and so failed: {'; '.join(lacking)}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def mysqld() -> str:
    """The server's program; skips the test where there is none."""
    program = os.environ.get("MYSQLD") or shutil.which("mysqld")
    if not program:
        pytest.skip("no mysqld on the PATH or in MYSQLD")
    return program


@pytest.fixture(scope="session")
def mysql_server() -> MysqlServer:
    """One for all tests of the run, whichever worker they run on: what is of the server as a whole
    is not theirs to change or to count.

    TEST_MYSQL_SOCKET and TEST_MYSQL_PORT name a server that is there already: root without a
    password, nothing of value on it.
    """
    if there := os.environ.get("TEST_MYSQL_SOCKET"):
        return MysqlServer(Path(there), int(os.environ.get("TEST_MYSQL_PORT", "3306")))
    return shared.server(mysqld())


@pytest.fixture(scope="module")
def own_mysql_server() -> Iterator[MysqlServer]:
    """A server for the tests of one file, to count what it does."""
    with start(mysqld()) as server:
        yield server


@pytest.fixture(scope="session")
def releases() -> Path:
    """A folder with official releases as zips (`db_29_2_text.zip` …), no part of the project:
    ONET_RELEASES, or `../shared/onet`."""
    folder = Path(os.environ.get("ONET_RELEASES", Path(__file__).parents[2] / "shared" / "onet"))
    if not (folder / "db_29_2_text.zip").exists():
        pytest.skip(f"no O*NET releases in {folder}: set ONET_RELEASES")
    return folder


@pytest.fixture(scope="session", params=["duckdb", pytest.param("mysql", marks=pytest.mark.mysql)])
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def built() -> Callable[[Engine, str, MysqlServer | None], Warehouse]:
    """A source, landed, built and published once a run, for all tests on all workers that only read
    it."""

    @cache
    def make(engine: Engine, source: str, server: MysqlServer | None) -> Warehouse:
        def build(folder: Path) -> dict[str, str]:
            warehouse = Warehouse(engine, folder, server)
            create_users(warehouse)
            warehouse.land(source)
            warehouse.build()
            return {"name": warehouse.name, "password": warehouse.password}

        name = f"{engine}-{Path(source).stem}-{code_checksum()[:12]}"
        known = shared.once(name, build)
        return Warehouse(engine, shared.folder() / name, server, known["name"], known["password"])

    return make


@pytest.fixture
def published(
    engine: Engine, request: pytest.FixtureRequest, built: Callable[..., Warehouse]
) -> Callable[[str], Warehouse]:
    """`built` by the release's number; `sample` needs no official files."""
    server = request.getfixturevalue("mysql_server") if engine == "mysql" else None
    return lambda release: built(engine, _source(request, release), server)


@pytest.fixture
def on_both_engines(
    request: pytest.FixtureRequest, built: Callable[..., Warehouse], mysql_server: MysqlServer
) -> Callable[[str], tuple[Warehouse, Warehouse]]:
    """`published` on DuckDB and on MySQL."""
    return lambda release: (
        built("duckdb", _source(request, release), None),
        built("mysql", _source(request, release), mysql_server),
    )


def _source(request: pytest.FixtureRequest, release: str) -> str:
    if release == "sample":
        return release
    assert request.node.get_closest_marker("release"), "mark it `release`: it needs one"
    assert release in QUICK_RELEASES or request.node.get_closest_marker("slow"), (
        "mark it `slow`: it builds another release"
    )
    return str(request.getfixturevalue("releases") / f"db_{release.replace('.', '_')}_text.zip")


@pytest.fixture
def copied(published: Callable[[str], Warehouse], tmp_path: Path) -> Iterator[Warehouse]:
    """The sample, landed, built and published: a copy of one test's own, to change and to build
    on."""
    with copy_of(published("sample"), tmp_path / "warehouse") as warehouse:
        yield warehouse


@pytest.fixture
def warehouse(
    engine: Engine, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Warehouse]:
    """An empty warehouse of one test's own."""
    with make_warehouse(
        engine,
        tmp_path / "warehouse",
        request.getfixturevalue("mysql_server") if engine == "mysql" else None,
    ) as made:
        yield made

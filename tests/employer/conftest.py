"""Fixtures of the tests of an employer's data: one built warehouse an engine, shared by all that
only read it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from pydantic import SecretStr

from loader.employer.load import LoadResult, load_folder
from loader.employer.settings import EmployerSettings
from loader.employer.store import Store, open_store
from tests.employer.employer_warehouse import FIRST_LOOK, SAMPLE, EmployerWarehouse, make_employer
from tests.support.mysql_server import MysqlServer
from tests.support.warehouse import Engine, Warehouse


@pytest.fixture(scope="session")
def exercise() -> Path:
    """The public exercise's files, no part of the project: EMPLOYER_FILES, or
    `../shared/employer`."""
    folder = Path(
        os.environ.get("EMPLOYER_FILES", Path(__file__).parents[3] / "shared" / "employer")
    )
    if not (folder / "claims_raw.csv").exists():
        pytest.skip(f"no files of the exercise in {folder}: set EMPLOYER_FILES")
    return folder


@pytest.fixture
def employer(
    engine: Engine, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[EmployerWarehouse]:
    """An empty warehouse of one test's own, with no O*NET beside it."""
    server = request.getfixturevalue("mysql_server") if engine == "mysql" else None
    with make_employer(engine, tmp_path, server) as made:
        yield made


@pytest.fixture(scope="session")
def _built_employers(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., EmployerWarehouse]]:
    with ExitStack() as stack:

        @cache
        def make(engine: Engine, server: MysqlServer | None, onet: Warehouse) -> EmployerWarehouse:
            employer = stack.enter_context(
                make_employer(engine, tmp_path_factory.mktemp(f"employer_{engine}"), server, onet)
            )
            if engine == "duckdb":
                employer.make(FIRST_LOOK)
            else:  # two users, each with its own rights
                employer.load(SAMPLE)
                employer.build()
            return employer

        yield make


@pytest.fixture
def built_employer(
    engine: Engine,
    request: pytest.FixtureRequest,
    published: Callable[[str], Warehouse],
    _built_employers: Callable[..., EmployerWarehouse],
) -> EmployerWarehouse:
    """The project's sample, beside O*NET's sample: built once a session for all tests that only
    read it."""
    server = request.getfixturevalue("mysql_server") if engine == "mysql" else None
    return _built_employers(engine, server, published("sample"))


@pytest.fixture
def settings(employer: EmployerWarehouse) -> EmployerSettings:
    onet = employer.onet
    return EmployerSettings(
        warehouse_engine=onet.engine,
        warehouse_dir=onet.dir,
        warehouse_name=onet.name,
        warehouse_socket=onet.server.socket if onet.server else None,
        warehouse_user=f"{onet.name}_loader",
        warehouse_password=SecretStr(onet.password),
        warehouse_password_file=None,
        warehouse_lock_timeout=0,
    )


@pytest.fixture
def store(settings: EmployerSettings) -> Iterator[Store]:
    with open_store(settings) as made:
        yield made


@pytest.fixture
def give(settings: EmployerSettings, store: Store, tmp_path: Path) -> Callable[..., LoadResult]:
    """Loads a folder with these files."""
    count = 0

    def load(
        files: dict[str, str | bytes], *, snapshot: bool = False, force: bool = False
    ) -> LoadResult:
        nonlocal count
        count += 1
        folder = tmp_path / f"given{count}"
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_folder(settings, store, folder, snapshot=snapshot, force=force)

    return load

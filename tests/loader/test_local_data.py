"""LOAD DATA LOCAL: whatever file a server asks for, it gets the rows that the loader offers it and
nothing else of this machine."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from loader.employer.settings import EmployerSettings
from loader.employer.store import open_store as open_employer_store
from loader.errors import LoaderError
from loader.settings import Settings
from loader.store import open_store
from tests.support.hostile_mysql import between, demanding
from tests.support.landing import land_here
from tests.support.release_files import sample_copy
from tests.support.warehouse import Warehouse

on_mysql = pytest.mark.parametrize(
    "engine", [pytest.param("mysql", marks=pytest.mark.mysql)], indirect=True
)


REFUSED = (
    r"asked for the file '.*private' of this machine, which it was not offered\. Nothing was sent"
)


@pytest.fixture
def private(tmp_path: Path) -> Path:
    path = tmp_path / "private"
    path.write_text("planted-private-key")
    return path


def test_a_server_that_demands_a_file_at_once_gets_nothing(private: Path) -> None:
    with demanding(private) as thief:
        settings = Settings.model_validate(
            {
                "warehouse_engine": "mysql",
                "warehouse_port": thief.port,
                "warehouse_user": "loader",
                "warehouse_password": "planted-password",
            }
        )
        with pytest.raises(LoaderError, match=REFUSED) as raised, open_store(settings) as store:
            store.prepare()
    assert (thief.demands, thief.stolen) == (1, [])
    assert "planted-password" not in str(raised.value)


def test_an_employers_loader_gives_a_server_no_file_either(private: Path) -> None:
    with demanding(private) as thief:
        settings = EmployerSettings.model_validate(
            {
                "warehouse_engine": "mysql",
                "warehouse_port": thief.port,
                "warehouse_user": "loader",
                "warehouse_password": "planted",
            }
        )
        with pytest.raises(LoaderError), open_employer_store(settings, create=True):
            pass
    assert (thief.demands, thief.stolen) == (1, [])


@on_mysql
def test_a_server_that_names_another_file_than_the_offered_one_gets_nothing(
    warehouse: Warehouse, private: Path, tmp_path: Path
) -> None:
    sample = sample_copy(tmp_path / "db_99_1_text")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # a socket's path may not be long
        server = warehouse.open_server().socket
        with (
            between(private, server, Path(folder)) as thief,
            pytest.raises(LoaderError, match=REFUSED),
        ):
            land_here(warehouse, sample.folder, warehouse_socket=thief.socket)
        assert (thief.demands, thief.stolen) == (1, [])
    # The record of it is left to the next load, which has a server that it can speak to.
    assert land_here(warehouse, sample.folder).is_new
    assert warehouse.raw("select state from {raw}.raw_load order by load_id") == [
        ("failed",),
        ("complete",),
    ]

"""A warehouse on a disk without room or right to write: what is landed stays, nothing is left over,
and the message says what to do."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from loader.errors import LoaderError
from loader.fetch import fetch_address
from loader.settings import Settings
from loader.store import open_store
from tests.support.landing import as_nobody, land_here
from tests.support.mysql_server import MysqlServer
from tests.support.release_files import Release, sample_copy
from tests.support.warehouse import ROOT, Warehouse, make_warehouse

on_duckdb = pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
STATES = "select load_id, state from {raw}.raw_load order by load_id"


@pytest.fixture
def sample(tmp_path: Path) -> Release:
    return sample_copy(tmp_path / "db_99_1_text")


@contextmanager
def open_to_all() -> Iterator[Path]:
    """A folder that everybody reaches, as pytest's own are not, and only its owner writes to."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@on_duckdb
def test_a_raw_file_that_may_not_grow_keeps_what_it_has(
    warehouse: Warehouse, sample: Release
) -> None:
    land_here(warehouse, sample.folder)
    before = warehouse.raw("select * from {raw}.skills order by line_number")
    files = sorted(path.name for path in warehouse.dir.iterdir())
    limit = (warehouse.dir / "raw.duckdb").stat().st_size
    lines = sample.lines("Skills.txt")
    sample.write("Skills.txt", [lines[0], *(lines[1:] * 300)])
    done = subprocess.run(
        [sys.executable, "-m", "loader", "land", str(sample.folder)],
        cwd=ROOT,
        env=warehouse.environment("loader"),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 1
    assert (
        "may not grow further there: raise that limit, or set WAREHOUSE_DIR elsewhere"
        in done.stderr
    )
    assert "Traceback" not in done.stderr
    assert (
        warehouse.raw("select * from {raw}.skills where load_id = 1 order by line_number") == before
    )
    assert sorted(path.name for path in warehouse.dir.iterdir()) == files
    assert land_here(warehouse, sample.folder).is_new
    assert [state for _, state in warehouse.raw(STATES)] == ["complete", "failed", "complete"]


def test_a_folder_that_may_not_be_written_is_named() -> None:
    with open_to_all() as folder:
        settings = Settings(warehouse_dir=folder / "warehouse")
        told = (
            "warehouse cannot be written .Permission denied.: allow it, or set WAREHOUSE_DIR to a"
            " folder"
        )
        with as_nobody(), pytest.raises(LoaderError, match=told), open_store(settings):
            pass
        with as_nobody(), pytest.raises(LoaderError, match=told):
            fetch_address(settings, "http://127.0.0.1:1/db_99_1_text.zip")


def test_files_that_may_not_be_written_are_named() -> None:
    with open_to_all() as folder:
        settings = Settings(warehouse_dir=folder)
        with open_store(settings) as store:
            store.prepare()
        os.truncate(folder / "pipeline.lock", 0)
        with (
            as_nobody(),
            pytest.raises(LoaderError, match="or set WAREHOUSE_DIR to a folder"),
            open_store(settings),
        ):
            pass
        (folder / "pipeline.lock").chmod(0o666)
        with (
            as_nobody(),
            pytest.raises(LoaderError, match="or set WAREHOUSE_DIR to a folder"),
            open_store(settings),
        ):
            pass


def test_a_warehouse_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "warehouse").write_text("no folder")
    with (
        pytest.raises(LoaderError, match=r"warehouse.*; check WAREHOUSE_DIR"),
        open_store(Settings(warehouse_dir=tmp_path / "warehouse")),
    ):
        pass


@on_duckdb
@pytest.mark.parametrize("limit", [0, 5000])
def test_a_first_load_without_room_does_not_spoil_the_next(
    warehouse: Warehouse, sample: Release, limit: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "loader", "land", str(sample.folder)],
        cwd=ROOT,
        env=warehouse.environment("loader"),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert "may not grow further there: raise that limit" in done.stderr
    assert [path.name for path in warehouse.dir.iterdir()] == ["pipeline.lock"]
    (warehouse.dir / "raw.duckdb").write_bytes(b"\0" * limit)  # as a kill at that moment leaves it
    assert land_here(warehouse, sample.folder).is_new


@on_duckdb
def test_a_raw_file_that_is_damaged_is_kept_and_told_of(
    warehouse: Warehouse, sample: Release
) -> None:
    land_here(warehouse, sample.folder)
    raw = warehouse.dir / "raw.duckdb"
    damaged = raw.read_bytes()[:20_000]
    for content in (
        damaged,
        b"\x1b[2J" * 5000,
        b"SQLite format 3\0" + bytes(8000),
        b"a note of mine\n",
    ):
        raw.write_bytes(content)
        with pytest.raises(LoaderError, match="move it away and load again"):
            land_here(warehouse, sample.folder)
        assert raw.read_bytes() == content


def test_a_server_that_only_reads_is_told_as_such(
    own_mysql_server: MysqlServer, tmp_path: Path, sample: Release
) -> None:
    with make_warehouse("mysql", tmp_path / "warehouse", own_mysql_server) as warehouse:
        land_here(warehouse, sample.folder)
        with own_mysql_server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("set global read_only = on")
            with pytest.raises(
                LoaderError, match="The server only reads: name the one that is written to"
            ):
                land_here(warehouse, sample.folder, force=True)
            cursor.execute("set global read_only = off")
        assert warehouse.raw(STATES) == [(1, "complete")]

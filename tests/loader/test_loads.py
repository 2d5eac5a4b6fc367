"""A load counts as a whole or not at all: repeated, forced, killed, waiting, pruned; and what a
real release looks like in raw."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from loader.errors import LoaderError
from loader.file_registry import FILES, TABLES, columns
from loader.load import load_release
from loader.release import open_release
from loader.store import open_store
from loader.store.mysql import COLLATION
from tests.support.landing import land_here, settings_for
from tests.support.release_files import Release, sample_copy
from tests.support.warehouse import ROOT, Warehouse, make_warehouse

on_mysql = pytest.mark.parametrize(
    "engine", [pytest.param("mysql", marks=pytest.mark.mysql)], indirect=True
)

STATES = "select load_id, state, error from {raw}.raw_load order by load_id"

KILLED = """
import os, signal, sys
from loader.cli import main
from loader.store.duckdb import DuckDBStore
from loader.store.mysql import MySQLStore

moment, left = sys.argv.pop(1), int(sys.argv.pop(1))

def dying(call):
    def wrapped(*arguments):
        global left
        left -= 1
        if left == 0 and moment == "complete":
            os.kill(os.getpid(), signal.SIGKILL)
        result = call(*arguments)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return wrapped

for store in (DuckDBStore, MySQLStore):
    setattr(store, moment, dying(getattr(store, moment)))
main()
"""
"""The loader, killed right after the nth call of one of its steps; for `complete` right before
it."""


@pytest.fixture
def sample(tmp_path: Path) -> Release:
    return sample_copy(tmp_path / "db_99_1_text")


def rows_of_loads(warehouse: Warehouse) -> dict[str, list[int]]:
    """The loads that each raw table holds rows of, for the tables that hold any."""
    union = " union all ".join(
        f"select distinct '{table}', load_id from {{raw}}.{table}" for table in TABLES
    )
    found: dict[str, list[int]] = {}
    for table, load_id in sorted(warehouse.raw(union)):
        found.setdefault(table, []).append(load_id)
    return found


@contextmanager
def pipeline_lock(warehouse: Warehouse) -> Iterator[Callable[[], Any]]:
    """Held as another load or build holds it; calling what it yields lets go."""
    if warehouse.engine == "duckdb":
        lock = FileLock(warehouse.dir / "pipeline.lock")
        with lock:
            yield lock.release
        return
    with closing(warehouse.open_server().connect()) as connection, connection.cursor() as cursor:
        cursor.execute("select get_lock(%s, 0)", (f"{warehouse.name}.pipeline",))
        assert cursor.fetchall() == ((1,),)
        yield lambda: cursor.execute("select release_lock(%s)", (f"{warehouse.name}.pipeline",))


# Again


def test_the_same_release_is_left_alone_unless_forced_or_changed(
    warehouse: Warehouse, sample: Release
) -> None:
    assert land_here(warehouse, sample.folder).is_new

    printed = warehouse.land(sample.folder, "--release", "99.1")
    assert "this release with these checksums is landed already; --force repeats it" in printed
    assert warehouse.raw(STATES) == [(1, "complete", None)]

    assert land_here(warehouse, sample.folder, force=True).load_id == 2
    sample.replace_value("Skills.txt", 2, "Data Value", "1.23")
    assert land_here(warehouse, sample.folder).load_id == 3
    assert land_here(warehouse, "sample", None).load_id == 4
    assert warehouse.raw(STATES) == [(number, "complete", None) for number in (1, 2, 3, 4)]
    assert warehouse.raw(
        "select data_value from {raw}.skills where line_number = 2 and load_id = 3"
    ) == [("1.23",)]


def test_a_load_records_where_from_what_and_when(warehouse: Warehouse, sample: Release) -> None:
    land_here(warehouse, sample.folder)

    ((release, source, address, checksums, started, finished),) = warehouse.raw(
        "select raw_load.release, source, source_address, file_checksums, started_at, finished_at"
        " from {raw}.raw_load"
    )
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sample.folder.glob("*.txt")
    }
    assert (release, source, address) == ("99.1", sample.folder.name, sample.folder.name)
    assert checksums == json.dumps(files, sort_keys=True)
    assert started <= finished
    landed = warehouse.raw(
        "select file_name, sha256, bytes from {raw}.raw_load_file where state = 'landed' order by"
        " file_name"
    )
    assert landed == [
        (name, sha256, (sample.folder / name).stat().st_size)
        for name, sha256 in sorted(files.items())
    ]


# Dead


@pytest.mark.parametrize(("moment", "call"), [("begin_load", 1), ("write", 5), ("complete", 1)])
def test_a_killed_loader_leaves_nothing_to_mend(
    warehouse: Warehouse, sample: Release, moment: str, call: int
) -> None:
    land_here(warehouse, "sample", None)
    before = warehouse.raw("select * from {raw}.skills order by line_number")

    died = subprocess.run(
        [
            sys.executable,
            "-c",
            KILLED,
            moment,
            str(call),
            "land",
            str(sample.folder),
            "--release",
            "99.1",
        ],
        cwd=ROOT,
        env=warehouse.environment("loader"),
        capture_output=True,
        text=True,
        check=False,
    )

    assert died.returncode == -signal.SIGKILL, died.stderr
    assert warehouse.raw(STATES) == [(1, "complete", None), (2, "running", None)]
    assert (
        warehouse.raw("select * from {raw}.skills where load_id = 1 order by line_number") == before
    )

    assert land_here(warehouse, sample.folder).load_id == 3

    assert warehouse.raw(STATES) == [
        (1, "complete", None),
        (2, "failed", "interrupted"),
        (3, "complete", None),
    ]
    assert {load_id for loads in rows_of_loads(warehouse).values() for load_id in loads} == {1, 3}
    assert warehouse.raw("select count(*) from {raw}.raw_load_file where load_id = 2") == [(0,)]


def test_rows_that_were_sent_and_did_not_arrive_fail_the_load(
    warehouse: Warehouse, sample: Release
) -> None:
    land_here(warehouse, "sample", None)
    settings = settings_for(warehouse)
    with (
        open_release(settings, str(sample.folder), "99.1") as release,
        open_store(settings) as store,
    ):
        write = store.write
        store.write = lambda *block: write(*block) - 1  # type: ignore[method-assign]
        with pytest.raises(LoaderError, match="Nothing of this load counts"):
            load_release(settings, store, release)
    assert [row[:2] for row in warehouse.raw(STATES)] == [(1, "complete"), (2, "failed")]
    assert {load_id for loads in rows_of_loads(warehouse).values() for load_id in loads} == {1}


# Prune


def test_prune_keeps_the_newest_complete_load_and_the_record_of_all(
    warehouse: Warehouse, sample: Release
) -> None:
    for _ in range(3):
        land_here(warehouse, sample.folder, force=True)
    (sample.folder / "Knowledge.txt").write_text("not a header\n")
    with pytest.raises(Exception, match=r"Knowledge\.txt"):
        land_here(warehouse, sample.folder)
    before = warehouse.raw("select * from {raw}.skills where load_id = 3 order by line_number")

    with open_store(settings_for(warehouse)) as store:
        assert [store.prune(), store.prune()] == [2, 0]

    assert {load_id for loads in rows_of_loads(warehouse).values() for load_id in loads} == {3}
    assert warehouse.raw("select * from {raw}.skills order by line_number") == before
    assert [state for _, state, _ in warehouse.raw(STATES)] == [
        "complete",
        "complete",
        "complete",
        "failed",
    ]


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_a_load_may_prune_those_before_the_last_one_first(warehouse: Warehouse) -> None:
    """So that a service which only ever lands does not grow: what was landed last is kept until
    something newer is."""
    loads = "select distinct load_id from {raw}.skills order by load_id"
    warehouse.land("sample")
    assert '"loads": 0' in warehouse.land("sample", "--prune", "--force")
    assert warehouse.raw(loads) == [(1,), (2,)]
    assert '"loads": 1' in warehouse.land("sample", "--prune")
    assert warehouse.raw(loads) == [(2,)]


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_prune_says_how_many_loads_it_took_even_if_none(warehouse: Warehouse) -> None:
    assert '"loads": 0' in warehouse.run("loader", "loader", "prune")


# One at a time


def test_a_second_loader_says_why_it_does_not_wait_longer(warehouse: Warehouse) -> None:
    land_here(warehouse, "sample", None)
    with pipeline_lock(warehouse):
        printed = warehouse.run(
            "loader", "loader", "land", "sample", "--force", code=1, WAREHOUSE_LOCK_TIMEOUT="1"
        )

    assert "waiting for another load or build" in printed
    assert "is running; waited 1 s. Try again when it is done" in printed
    assert "Traceback" not in printed
    assert warehouse.raw(STATES) == [(1, "complete", None)]


def test_a_second_loader_waits_and_then_lands(warehouse: Warehouse) -> None:
    warehouse.dir.mkdir(parents=True, exist_ok=True)
    with pipeline_lock(warehouse) as let_go:
        waiting = subprocess.Popen(
            [sys.executable, "-m", "loader", "land", "sample"],
            cwd=ROOT,
            env=warehouse.environment("loader"),
            stderr=subprocess.PIPE,
            text=True,
        )
        with waiting:
            assert waiting.stderr
            assert "waiting for another load or build" in waiting.stderr.readline()
            let_go()
            printed = waiting.stderr.read()

    assert waiting.returncode == 0, printed
    assert warehouse.raw(STATES) == [(1, "complete", None)]


# The registry and the tables


def test_a_column_that_the_registry_gained_is_added_to_a_table_that_is_there(
    warehouse: Warehouse, sample: Release
) -> None:
    land_here(warehouse, sample.folder)
    warehouse.raw("alter table {raw}.skills drop column domain_source")

    land_here(warehouse, sample.folder, force=True)

    assert (
        warehouse.raw("select count(domain_source), count(*) from {raw}.skills where load_id = 1")[
            0
        ][0]
        == 0
    )
    filled, rows = warehouse.raw(
        "select count(domain_source), count(*) from {raw}.skills where load_id = 2"
    )[0]
    assert filled == rows > 0


@on_mysql
def test_raw_tables_of_an_earlier_version_get_the_collation_of_this_one(
    warehouse: Warehouse,
    sample: Release,
) -> None:
    """By the next load, also where that has nothing to land; no row is lost, and no build reads
    before."""
    earlier, raw = "utf8mb4_0900_as_cs", f"{warehouse.name}_raw"
    warehouse.land(sample.folder, "--release", "99.1")
    rows = {
        table: sorted(warehouse.raw(f"select * from {{raw}}.{table}"))
        for table in ("skills", "raw_load")
    }
    with warehouse.open_server().connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"alter database {raw} collate {earlier}")
        for table in ("skills", "raw_load"):
            cursor.execute(
                f"alter table {raw}.{table} convert to character set utf8mb4 collate {earlier}"
            )
    assert "run `python -m loader land`, which converts it" in warehouse.run(
        "dbt", "dbt_onet", "build", code=1
    )
    assert "landed already" in warehouse.land(sample.folder, "--release", "99.1")
    text = (
        "select distinct collation_name from information_schema.columns where table_schema ="
        f" '{raw}' and collation_name is not null"
    )
    assert warehouse.raw(text) == [(COLLATION,)]
    assert {
        table: sorted(warehouse.raw(f"select * from {{raw}}.{table}")) for table in rows
    } == rows


def test_every_table_of_the_registry_is_there_after_any_load(warehouse: Warehouse) -> None:
    land_here(warehouse, "sample", None)

    found = set(
        warehouse.raw(
            "select table_name, column_name from information_schema.columns where table_schema ="
            " '{raw}'"
        )
    )

    for table, names in TABLES.items():
        assert {(table, name) for name in ("load_id", "file_name", "line_number", *names)} <= found


# Passwords


@on_mysql
def test_a_wrong_password_is_one_clear_line_that_does_not_hold_it(warehouse: Warehouse) -> None:
    wrong = "wrong-8d1f22"

    printed = warehouse.run("loader", "loader", "land", "sample", code=1, WAREHOUSE_PASSWORD=wrong)
    debugged = warehouse.run(
        "loader", "loader", "land", "sample", code=1, WAREHOUSE_PASSWORD=wrong, LOADER_DEBUG="true"
    )

    (line,) = printed.strip().splitlines()
    assert f"user `{warehouse.name}_loader`" in line
    assert "Check WAREHOUSE_USER and WAREHOUSE_PASSWORD" in line
    assert "Traceback" in debugged
    assert wrong not in printed + debugged


@on_mysql
def test_the_password_may_stand_in_a_file_and_is_never_printed(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text(warehouse.password + "\n")

    printed = warehouse.run(
        "loader",
        "loader",
        "land",
        "sample",
        WAREHOUSE_PASSWORD="",
        WAREHOUSE_PASSWORD_FILE=str(file),
        LOADER_DEBUG="true",
    )

    assert "load 1" in printed  # Warehouse.run has looked for the password in it


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_bad_settings_are_one_line_without_the_value(warehouse: Warehouse) -> None:
    printed = warehouse.run(
        "loader",
        "loader",
        "land",
        "sample",
        code=1,
        WAREHOUSE_PORT="secret-port",
        WAREHOUSE_NAME="Or 1=1",
    )

    (line,) = printed.strip().splitlines()
    assert "WAREHOUSE_PORT: " in line
    assert "WAREHOUSE_NAME: " in line
    assert "secret-port" not in line


# A real release


@pytest.fixture(scope="module")
def landed_29_2(
    engine: str,
    request: pytest.FixtureRequest,
    releases: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Warehouse]:
    server = request.getfixturevalue("mysql_server") if engine == "mysql" else None
    with make_warehouse(
        "mysql" if server else "duckdb", tmp_path_factory.mktemp(f"raw-{engine}"), server
    ) as warehouse:
        warehouse.land(releases / "db_29_2_text.zip")
        yield warehouse


def test_29_2_lands_every_row_of_every_file(landed_29_2: Warehouse, releases: Path) -> None:
    union = " union all ".join(
        f"select file_name, count(*) from {{raw}}.{table} group by file_name" for table in TABLES
    )
    with zipfile.ZipFile(releases / "db_29_2_text.zip") as archive:
        published = {
            Path(name).name: archive.read(name)
            for name in archive.namelist()
            if name.endswith(".txt") and "Read Me" not in name
        }

    assert {name: content.count(b"\n") - 1 for name, content in published.items()} == dict(
        landed_29_2.raw(union)
    )
    assert len(published) == 36
    assert landed_29_2.raw(
        "select raw_load.release, rows_read, rows_landed, rows_rejected, state from {raw}.raw_load"
    ) == [("29.2", 428_810, 428_810, 0, "complete")]
    assert landed_29_2.raw("select count(*) from {raw}.skills") == [(61_530,)]
    recorded = landed_29_2.raw(
        "select file_name, sha256, bytes from {raw}.raw_load_file where state = 'landed'"
    )
    assert {name: (sha256, size) for name, sha256, size in recorded} == {
        name: (hashlib.sha256(content).hexdigest(), len(content))
        for name, content in published.items()
    }


@pytest.mark.parametrize(
    "name",
    ["Skills", "Task Statements", "Emerging Tasks", "Occupation Level Metadata", "Knowledge"],
)
def test_29_2_holds_the_published_values_exactly(
    landed_29_2: Warehouse, releases: Path, name: str
) -> None:
    with zipfile.ZipFile(releases / "db_29_2_text.zip") as archive:
        heading, *lines = (
            archive.read(f"db_29_2_text/{name}.txt")
            .decode("utf-8")
            .removesuffix("\n")
            .replace("\r", "")
            .split("\n")
        )
    file = next(file for file in FILES if file.name == f"{name}.txt")
    names = ", ".join(columns(tuple(heading.split("\t"))))

    rows = landed_29_2.raw(
        f"select line_number, {names} from {{raw}}.{file.table} order by line_number"
    )

    assert [tuple(row) for row in rows] == [
        (number, *line.split("\t")) for number, line in enumerate(lines, 2)
    ]
    assert any("n/a" in row for row in rows)

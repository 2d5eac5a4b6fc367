"""Publication: only a whole build that passed every test goes live, at one stroke, with its keys, and readers never see anything else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pymysql
import pytest

from dbt_onet.plan import Plan, plan_from_manifest
from release_files import Release, sample_copy
from warehouse import ROOT, Warehouse

SNAPSHOT = "select build_id from {live}.current_publication"


def planned(warehouse: Warehouse) -> Plan:
    return plan_from_manifest(json.loads((warehouse.dir / "dbt" / "manifest.json").read_text()))


@pytest.fixture
def sample(tmp_path: Path) -> Release:
    return sample_copy(tmp_path / "db_99_1_text")


@pytest.fixture
def live(warehouse: Warehouse) -> Warehouse:
    """A warehouse with the sample published."""
    warehouse.land("sample")
    warehouse.build()
    return warehouse


@pytest.mark.parametrize("text", ["abc", "4.5x", "1.234", "NaN", " 3", "3,5", "1e1", "12345.6"])
def test_text_that_is_no_number_stops_publication(live: Warehouse, sample: Release, text: str) -> None:
    before = live.query(SNAPSHOT)
    sample.replace_value("Skills.txt", row=2, column="Data Value", value=text)
    live.land(sample.folder, "--release", "99.1")
    printed = live.build(code=1)
    assert "typed_as" in printed
    assert "what is live stays" in printed
    assert live.query(SNAPSHOT) == before


@pytest.mark.parametrize(
    ("file", "column", "value", "test"),
    [
        ("Skills.txt", "O*NET-SOC Code", "99-9999.99", "relationships"),
        ("Skills.txt", "Element ID", "2.A.9.z", "relationships"),
        ("Skills.txt", "Scale ID", "XX", "relationships"),
        ("Skills.txt", "O*NET-SOC Code", "n/a", "key"),
        ("Skills.txt", "Data Value", "7.01", "assert_values_are_within_their_scale"),
        ("Skills.txt", "Data Value", "-0.01", "assert_values_are_within_their_scale"),
        ("Skills.txt", "Not Relevant", "y", "typed_as"),
        ("Skills.txt", "Date", "13/2024", "typed_as"),
        ("Skills.txt", "N", "8.0", "typed_as"),
        ("Occupation Data.txt", "Title", "n/a", "not_null"),
        ("Job Zones.txt", "Job Zone", "6", "accepted_values"),
    ],
)
def test_a_wrong_value_stops_publication_and_its_row_is_kept(
    live: Warehouse, sample: Release, file: str, column: str, value: str, test: str
) -> None:
    before = live.query(SNAPSHOT)
    sample.replace_value(file, row=3, column=column, value=value)
    live.land(sample.folder, "--release", "99.1")
    printed = live.build(code=1)
    failures = [line for line in printed.splitlines() if test in line and " rows, kept in " in line]
    assert failures, printed
    kept = failures[0].rsplit(" kept in ", 1)[1].strip()
    if live.server:
        assert live.query(f"select count(*) from {kept}")[0][0] >= 1
    else:
        with duckdb.connect(str(live.dir / "build.duckdb"), read_only=True) as build:
            assert build.execute(f"select count(*) from {kept}").fetchall()[0][0] >= 1
    assert live.query(SNAPSHOT) == before


def test_a_duplicate_row_stops_publication(live: Warehouse, sample: Release) -> None:
    before = live.query(SNAPSHOT)
    sample.repeat_row("Skills.txt", row=2)
    live.land(sample.folder, "--release", "99.1")
    assert "key_stg_rating" in live.build(code=1)
    assert live.query(SNAPSHOT) == before


def test_a_lost_row_of_a_reviewed_release_stops_publication(live: Warehouse, sample: Release) -> None:
    """A copy that calls itself 29.2 and has another number of rows is not 29.2."""
    before = live.query(SNAPSHOT)
    live.land(sample.folder, "--release", "29.2")
    assert "assert_row_counts_are_as_reviewed" in live.build(code=1)
    assert live.query(SNAPSHOT) == before


def test_nothing_landed_is_said_in_words(warehouse: Warehouse) -> None:
    assert "run `python -m loader land` first" in warehouse.build(code=1)


def test_an_unreviewed_release_is_published_with_a_warning(warehouse: Warehouse, sample: Release) -> None:
    warehouse.land(sample.folder, "--release", "99.1")
    warehouse.build()
    assert warehouse.query("select onet_release, warned_test_count from {live}.current_publication") == [("99.1", 1)]


def test_a_part_of_the_project_never_goes_live(live: Warehouse) -> None:
    """dbt by hand, as anyone may run it, builds and tests; it does not publish."""
    before = live.query(SNAPSHOT)
    command = ("dbt.cli.main", "--quiet", "build", "--project-dir", "dbt_onet", "--profiles-dir", "dbt_onet", "--select", "dim_scale")
    live.run("dbt", *command, "--target-path", str(live.dir / "hand"), "--log-path", str(live.dir / "hand"))
    assert live.query(SNAPSHOT) == before


def test_live_relations_are_the_planned_ones_with_every_column_described(live: Warehouse) -> None:
    manifest = json.loads((live.dir / "dbt" / "manifest.json").read_text())
    described = {
        (node["fqn"][1], node["name"]): list(node["columns"]) for node in manifest["nodes"].values() if node["resource_type"] == "model"
    }
    there: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in live.query(
        "select table_schema, table_name, column_name from information_schema.columns "
        "where table_schema in ('{live}', '{core}') order by table_schema, table_name, ordinal_position"
    ):
        there.setdefault(("serving" if schema == live.name else "marts", table), []).append(column)
    assert there == {key: columns for key, columns in described.items() if key[0] in ("serving", "marts")}


def test_published_figures_are_of_this_publication(live: Warehouse) -> None:
    ((release, load, landed, occupations, ratings, passed, warned, checksums),) = live.query(
        "select onet_release, load_id, landed_row_count, occupation_count, rating_count, passed_test_count, warned_test_count, file_checksums "
        "from {live}.current_publication"
    )
    assert (release, warned) == ("sample", 0)
    assert live.raw("select load_id, rows_landed from {raw}.raw_load") == [(load, landed)]
    assert live.query("select count(*) from {core}.dim_occupation") == [(occupations,)]
    assert live.query("select count(*) from {core}.fct_rating") == [(ratings,)]
    assert passed > 100
    assert all(len(checksum) == 64 for checksum in json.loads(checksums).values())


@pytest.mark.mysql
@pytest.mark.parametrize("engine", ["mysql"], indirect=True)
def test_mysql_has_the_declared_keys(live: Warehouse) -> None:
    keys: dict[tuple[str, str], list[tuple[str, str | None, str | None]]] = {}
    for table, constraint, column, to_table, to_column in live.query(
        "select table_name, constraint_name, column_name, referenced_table_name, referenced_column_name "
        "from information_schema.key_column_usage where table_schema = '{core}' order by table_name, constraint_name, ordinal_position"
    ):
        keys.setdefault((table, constraint), []).append((column, to_table, to_column))
    there = sorted((table, key) for (table, _), key in keys.items())
    wanted: list[tuple[str, list[tuple[str, Any, Any]]]] = []
    for table in planned(live).tables:
        wanted.append((table.name, [(column, None, None) for column in table.primary_key]))
        for key in table.foreign_keys:
            wanted.append((table.name, [(a, key.to_table, b) for a, b in zip(key.columns, key.to_columns, strict=True)]))
    assert there == sorted(wanted, key=str) or sorted(there, key=str) == sorted(wanted, key=str)
    with live.open_server().connect() as connection, connection.cursor() as cursor, pytest.raises(pymysql.err.IntegrityError):
        cursor.execute(f"delete from {live.name}_core.dim_element limit 1")


def test_a_second_build_writes_the_same_rows(live: Warehouse) -> None:
    rows = "select * from {live}.skill_gap where from_occupation_code = '11-1011.00' order by to_occupation_code, element_id"
    before, first = live.query(rows), live.query(SNAPSHOT)
    live.build()
    assert live.query(SNAPSHOT) != first
    assert live.query(rows) == before
    assert live.query("select count(*) from {core}.publication") == [(1,)]


def test_changed_new_and_vanished_rows_are_published(live: Warehouse, sample: Release) -> None:
    sample.replace_value("Occupation Data.txt", row=2, column="Title", value="Another Title")
    gone = sample.value("Skills.txt", row=2, column="O*NET-SOC Code")
    sample.drop_rows("Skills.txt", "O*NET-SOC Code", gone)
    live.land(sample.folder, "--release", "99.1")
    live.build()
    assert live.query("select count(*) from {live}.occupation where title = 'Another Title'") == [(1,)]
    assert live.query("select is_rated_skills from {live}.occupation where occupation_code = '" + gone + "'") == [(0,)]
    assert live.query("select count(*) from {core}.fct_occupation_element where domain = 'skills' and occupation_code = '" + gone + "'") == [(0,)]


@pytest.mark.mysql
@pytest.mark.parametrize("engine", ["mysql"], indirect=True)
def test_mysql_swaps_the_tables_where_a_definition_differs(live: Warehouse) -> None:
    """As after an upgrade: a column too few, another type, a view too many, a table too many, and a half-made set of an interrupted swap."""
    rows = live.query("select * from {live}.skill_gap order by 1, 3, 6")
    with live.open_server().connect() as connection, connection.cursor() as cursor:
        core = f"{live.name}_core"
        cursor.execute(f"alter table {core}.dim_occupation drop column job_zone")
        cursor.execute(f"alter table {core}.dim_scale modify scale_name varchar(60)")
        cursor.execute(f"create table {core}.dim_old (x int)")
        cursor.execute(f"create table {core}.dim_scale__next (x int)")
        cursor.execute(f"create view {live.name}.old as select 1 as x")
    live.build()
    assert live.query("select * from {live}.skill_gap order by 1, 3, 6") == rows
    plan = planned(live)
    there = live.query("select table_schema, table_name from information_schema.tables where table_schema in ('{core}', '{live}')")
    assert {name for schema, name in there if schema == f"{live.name}_core"} == {table.name for table in plan.tables}
    assert {name for schema, name in there if schema == live.name} == {view.name for view in plan.views}
    test_mysql_has_the_declared_keys(live)


@pytest.mark.mysql
@pytest.mark.parametrize("engine", ["mysql"], indirect=True)
def test_mysql_users_may_do_their_part_only(live: Warehouse) -> None:
    def refused(role: str, sql: str) -> None:
        server = live.open_server()
        with (
            closing(pymysql.connect(unix_socket=str(server.socket), user=f"{live.name}_{role}", password=live.password)) as connection,
            connection.cursor() as cursor,
            pytest.raises((pymysql.err.OperationalError, pymysql.err.ProgrammingError), match="denied"),
        ):
            cursor.execute(sql.replace("NAME", live.name))

    refused("api", "select * from NAME_core.fct_rating")
    refused("api", "select * from NAME_raw.raw_load")
    refused("api", "delete from NAME.occupation")
    refused("loader", "select * from NAME.skill_gap")
    refused("loader", "drop table NAME_core.dim_scale")
    refused("dbt", "delete from NAME_raw.raw_load")


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_duckdb_keeps_the_last_two_publications(live: Warehouse) -> None:
    for _ in range(2):
        live.build()
    files = sorted(path.name for path in (live.dir / "live").iterdir())
    assert len([name for name in files if name.endswith(".duckdb")]) == 2
    assert files[-1] == "current"


def test_a_build_killed_at_any_moment_leaves_a_whole_publication(live: Warehouse) -> None:
    """The next build then succeeds with no repair. Moments are spread over the length of one build."""
    started = time.monotonic()
    live.build()
    length = time.monotonic() - started
    for share in (0.3, 0.6, 0.8, 0.9, 0.97):
        before = live.query(SNAPSHOT)
        process = subprocess.Popen(
            [sys.executable, "-m", "dbt_onet", "build"],
            cwd=ROOT,
            env=live.environment("dbt"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(length * share)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        ((build_id,),) = live.query(SNAPSHOT)
        assert (build_id,) == before[0] or live.query("select published_at is not null from {live}.current_publication") in ([(1,)], [(True,)])
        assert live.query("select count(*) from {live}.skill_gap")[0][0] > 0
    live.build()


def test_readers_see_no_error_and_no_mixture_through_rebuilds(live: Warehouse, sample: Release) -> None:
    """Eight readers in a loop through three builds that change a title, and one that fails. An answer's title must be its publication's."""
    titles = {live.query(SNAPSHOT)[0][0]: live.query("select title from {live}.occupation where occupation_code = '11-1011.00'")[0][0]}
    seen: list[tuple[str, str]] = []
    errors: list[BaseException] = []
    done = threading.Event()
    text = (
        "select publication.build_id, occupation.title, (select count(*) from {live}.skill_gap as gap where gap.from_occupation_code = '11-1011.00' "
        "and gap.to_occupation_code = '11-3013.00' and gap.from_occupation_title <> occupation.title) "
        "from {live}.current_publication as publication cross join {live}.occupation as occupation where occupation.occupation_code = '11-1011.00'"
    )

    def read() -> None:
        while not done.is_set():
            try:
                ((build_id, title, mixed),) = live.query(text)
                assert mixed == 0
                seen.append((build_id, title))
            except BaseException as error:
                errors.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    try:
        for number in range(3):
            sample.replace_value("Occupation Data.txt", row=2, column="Title", value=f"Chief Executives {number}")
            live.land(sample.folder, "--release", "99.1")
            live.build()
            titles[live.query(SNAPSHOT)[0][0]] = f"Chief Executives {number}"
        sample.replace_value("Skills.txt", row=2, column="Data Value", value="abc")
        live.land(sample.folder, "--release", "99.1")
        live.build(code=1)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert not errors
    assert {build for build, _ in seen} == set(titles)
    assert all(titles[build] == title for build, title in seen)


def test_two_builds_at_once_wait_for_each_other(live: Warehouse) -> None:
    command = [sys.executable, "-m", "dbt_onet", "build"]
    builds = [
        subprocess.Popen(command, cwd=ROOT, env=live.environment("dbt"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    printed = [build.communicate()[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], printed
    assert sum("waiting for another load or build" in text for text in printed) == 1


def test_a_build_that_waits_too_long_says_so(live: Warehouse) -> None:
    if live.server:
        with live.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("select get_lock(%s, 0)", [f"{live.name}.pipeline"])
            printed = live.run("dbt", "dbt_onet", "build", code=1, WAREHOUSE_LOCK_TIMEOUT="1")
    else:
        from filelock import FileLock

        with FileLock(live.dir / "pipeline.lock"):
            printed = live.run("dbt", "dbt_onet", "build", code=1, WAREHOUSE_LOCK_TIMEOUT="1")
    assert "another load or build" in printed

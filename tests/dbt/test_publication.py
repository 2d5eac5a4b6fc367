"""Publication: only a whole build that passed every test goes live, at one stroke, with its keys,
and readers never see anything else."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pymysql
import pytest
from filelock import FileLock
from structlog.testing import capture_logs

from dbt_onet.pipeline.build import BuildError, is_unchanged
from dbt_onet.pipeline.dbt_runner import project_checksum
from dbt_onet.pipeline.diagram import PAGE, page
from dbt_onet.pipeline.publish.plan import Plan
from dbt_onet.pipeline.settings import Settings
from loader.side_tables import LLM_ANSWER, SUPPLEMENT_RATING
from loader.store import open_store
from tests.support.landing import settings_for
from tests.support.live_warehouse import until
from tests.support.release_files import Release, sample_copy
from tests.support.warehouse import ROOT, Warehouse

SNAPSHOT = "select build_id from {live}.current_publication"


@pytest.fixture
def spoilt(tmp_path: Path) -> Release:
    """A copy of the sample, to be spoilt."""
    return sample_copy(tmp_path / "spoilt")


@contextmanager
def lock_of(warehouse: Warehouse) -> Iterator[None]:
    """Holds what a load or a build holds."""
    if warehouse.server:
        with closing(warehouse.server.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("select get_lock(%s, 0)", [f"{warehouse.name}.pipeline"])
            assert cursor.fetchall() == ((1,),)
            yield
    else:
        with FileLock(warehouse.dir / "pipeline.lock", timeout=0):
            yield


def start(warehouse: Warehouse, *command: str, **extra: str) -> subprocess.Popen[str]:
    """A command of dbt's user in a session of its own, so that it can be killed with its
    children."""
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=warehouse.environment("dbt") | extra,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def kill(warehouse: Warehouse, process: subprocess.Popen[str]) -> None:
    """And waits until the server has noticed: what was under way there is done or undone then."""
    with suppress(ProcessLookupError):  # it has ended
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    connected = (
        f"select count(*) from information_schema.processlist where user = '{warehouse.name}_dbt'"
    )
    until(lambda: not warehouse.server or warehouse.query(connected) == [(0,)])


def title_and_build(warehouse: Warehouse) -> tuple[str, str]:
    """Of one answer, in which they must belong together; so must the title and its repetitions in
    other views."""
    ((title, build_id, mixed),) = warehouse.query("""
        select occupation.title, publication.build_id, (
            select count(*)
            from {live}.skill_gap as gap
            where gap.from_occupation_code = '11-1011.00' and gap.to_occupation_code = '11-3013.00'
                and gap.from_occupation_title <> occupation.title
        )
        from {live}.current_publication as publication
        cross join {live}.occupation as occupation
        where occupation.occupation_code = '11-1011.00'
    """)
    assert mixed == 0
    return title, build_id


def change_title(warehouse: Warehouse, title: str) -> tuple[str, str]:
    """What a build of a release with another title leaves, in no time; returns it with the build's
    new id."""
    build_id = str(uuid.uuid4())
    warehouse.change_build(
        f"update {{build}}.dim_occupation set title = '{title}' where occupation_code ="
        " '11-1011.00'",
        f"update {{build}}.fct_occupation_element set occupation_title = '{title}' where"
        " occupation_code = '11-1011.00'",
        f"update {{build}}.publication set build_id = '{build_id}'",
    )
    return title, build_id


@contextmanager
def readers(warehouse: Warehouse) -> Iterator[set[tuple[str, str]]]:
    """Two of them, and all that they have seen: no error, nothing mixed."""
    seen: set[tuple[str, str]] = set()
    errors: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        while not done.wait(0.5):  # paced: the build needs the processor too
            try:
                seen.add(title_and_build(warehouse))
            except BaseException as error:
                errors.append(error)
                return

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not errors


@pytest.mark.long
def test_readers_see_what_passed_and_nothing_else(
    copied: Warehouse, spoilt: Release, tmp_path: Path
) -> None:
    """From file to answer under readers: a build that fails, one that publishes rows new, changed
    and gone, and publications after it."""
    before = title_and_build(copied)
    with readers(copied) as seen:
        printed = failing_build(copied, spoilt)
        assert title_and_build(copied) == before
        assert "what is live stays" in printed
        assert "Traceback" not in printed
        assert "fail, 1 rows, kept in" in printed
        found = {(row[2], row[3]) for row in kept_rows(copied, printed, "typed_as_raw_skills")}
        assert found == {(name, text) for _, name, texts in NO_VALUES for text in texts}
        assert [row[:4] for row in kept_rows(copied, printed, "typed_as_raw_job_zones")] == [
            ("Job Zones.txt", 2, "job_zone", "IV")
        ]

        changed = sample_copy(tmp_path / "changed")
        changed.replace_value("Occupation Data.txt", row=2, column="Title", value="Another Title")
        changed.write(
            "Occupation Data.txt",
            [*changed.lines("Occupation Data.txt"), ["15-1299.08", "Engineers", "Plan."]],
        )
        changed.drop_rows("Skills.txt", "O*NET-SOC Code", "11-1011.03")
        copied.land(changed.folder, "--release", "99.1")
        copied.run("dbt", "dbt_onet", "build")
        expected = {before, title_and_build(copied)}
        # a release whose row counts nobody has reviewed goes live with a warning
        assert copied.query(
            "select onet_release, warned_test_count from {live}.current_publication"
        ) == [("99.1", 1)]
        assert copied.query(
            "select title from {live}.occupation where occupation_code in ('11-1011.00',"
            " '15-1299.08') order by 1"
        ) == [
            ("Another Title",),
            ("Engineers",),
        ]
        assert copied.query(
            "select is_rated_skills from {live}.occupation where occupation_code = '11-1011.03'"
        ) == [(0,)]
        rows = (
            "select count(*) from {core}.fct_occupation_element where domain = 'skills' and"
            " occupation_code = '11-1011.03'"
        )
        assert copied.query(rows) == [(0,)]
        assert copied.query("select count(*) from {core}.publication") == [(1,)]

        now = datetime.now(UTC).replace(microsecond=0)
        for number in range(1, 6):
            expected.add(change_title(copied, f"Title {number}"))
            copied.publish(now + timedelta(seconds=number))
            until(lambda: seen >= expected - {before})
    assert seen == expected
    if copied.engine == "duckdb":  # the live publication and the one before it are kept
        files = [path.suffix for path in (copied.dir / "live").iterdir()]
        assert files.count(".duckdb") == 2


NO_VALUES = (
    (
        "Data Value",
        "data_value",
        ["abc", "4.5x", "1.234", "NaN", " 3", "3,5", "1e1", "12345.6", "", "inf", "0x1"],
    ),
    ("N", "n", ["8.0", "-", "eight"]),
    ("Not Relevant", "not_relevant", ["y", "YES"]),
    ("Date", "date_updated", ["13/2024", "2024-01", "1/2024"]),
    ("Standard Error", "standard_error", ["0.12345"]),
    ("Scale ID", "scale_id", ["LEVEL"]),
)
"""Heading, column, and texts that are no value of its type. MySQL's cast would read some as
numbers: 4.50 for `4.5x`, 0 for `abc`."""


def failing_build(warehouse: Warehouse, spoilt: Release) -> str:
    """What a build says in which tests fail and, on DuckDB, a table of raw is gone."""
    for heading, _, texts in NO_VALUES:
        for row, text in enumerate(texts, 2):
            spoilt.replace_value("Skills.txt", row=row, column=heading, value=text)
    spoilt.replace_value("Job Zones.txt", row=2, column="Job Zone", value="IV")
    warehouse.land(spoilt.folder, "--release", "99.1")
    if warehouse.server:
        return warehouse.run("dbt", "dbt_onet", "build", code=1)
    with duckdb.connect(str(warehouse.dir / "raw.duckdb")) as raw:
        raw.execute("alter table task_statements rename to hidden")
    try:
        printed = warehouse.run("dbt", "dbt_onet", "build", code=1)
    finally:
        with duckdb.connect(str(warehouse.dir / "raw.duckdb")) as raw:
            raw.execute("alter table hidden rename to task_statements")
    assert "task_statements does not exist" in printed, (
        "what cannot be built is told in the engine's words"
    )
    return printed


def kept_rows(warehouse: Warehouse, printed: str, test: str) -> list[tuple[Any, ...]]:
    """The failing rows that the message leads to."""
    line = next(line for line in printed.splitlines() if test in line and ", kept in " in line)
    return warehouse.built_rows(f"select * from {line.rsplit(' kept in ', 1)[1].strip()}")


def test_each_fault_is_found_by_its_test(
    copied: Warehouse, spoilt: Release, tmp_path: Path
) -> None:
    """That a test that fails stops publication is another test's matter: the one before this."""
    skills = "Skills.txt"
    for row, value in ((2, "0.99"), (3, "7.01"), (5, "-0.01")):
        spoilt.replace_value(skills, row, "Data Value", value)
        # so that the interval around it is not what finds it
        for bound in ("Lower CI Bound", "Upper CI Bound"):
            spoilt.replace_value(skills, row, bound, "n/a")
    spoilt.replace_value(skills, 4, "Lower CI Bound", "6.9000")
    spoilt.replace_value(skills, 7, "N", "0")
    spoilt.replace_value(skills, 14, "Standard Error", "-0.1000")
    spoilt.replace_value(skills, 15, "Upper CI Bound", "-0.1000")
    spoilt.replace_value(skills, 6, "O*NET-SOC Code", "n/a")
    spoilt.repeat_row(skills, 8)
    for row in (10, 11):  # both rows of one rating, so that nothing else is wrong with them
        spoilt.replace_value(skills, row, "O*NET-SOC Code", "99-9999.99")
        spoilt.replace_value(skills, row + 2, "Element ID", "2.A.9.z")
    spoilt.replace_value(skills, 16, "Date", "02/0000")
    spoilt.replace_value("Occupation Data.txt", 2, "Title", "n/a")
    spoilt.replace_value("Occupation Data.txt", 3, "Title", "  ")
    # A file whose rows all have a category that staging does not know would otherwise leave an
    # empty section unseen.
    heading, *education = spoilt.lines("Education, Training, and Experience.txt")
    place = heading.index("Scale ID")
    unknown = [[*row[:place], "XX", *row[place + 1 :]] for row in education]
    spoilt.write("Education, Training, and Experience.txt", [heading, *unknown])
    orphan = ["11-1011.00", "Sheet", "43232110", "Spreadsheet software", "maybe", "N"]
    spoilt.write("Technology Skills.txt", [*spoilt.lines("Technology Skills.txt"), orphan])
    # which it is not: it has another number of rows
    copied.land(spoilt.folder, "--release", "29.2")
    sound = sample_copy(tmp_path / "failing")
    sound.write("Skills.txt", [["a header that nobody knows"]])
    copied.land(sound.folder, "--release", "99.1", code=1)  # a load that failed is never read
    found = copied.failing_tests(
        "source:raw",
        "stg_rating",
        "stg_occupation",
        "fct_occupation_education",
        "assert_row_counts_are_as_reviewed",
        rebuilt=["fct_occupation_education", "publication"],
    )

    def rows(test: str) -> list[tuple[Any, ...]]:
        (name,) = [name for name in found if test in name]
        return found[name]

    assert len(rows("assert_values_are_within_their_scale")) == 7
    assert sorted((row[0] or "", row[3]) for row in rows("key_stg_rating")) == [
        ("", 1),
        ("11-1011.00", 2),
    ]
    assert len(rows("not_null_stg_occupation_title")) == 2
    assert [row[3] for row in rows("typed_as_raw_skills")] == ["02/0000"]
    assert {row[0] for row in rows("relationships_stg_rating_occupation_code")} == {"99-9999.99"}
    assert {row[0] for row in rows("relationships_stg_rating_element_id")} == {"2.A.9.z"}
    assert rows("not_empty_if_landed_fct_occupation_education") == [(len(education),)]
    assert [row[3] for row in rows("typed_as_raw_technology_skills")] == ["maybe"]
    assert "skills" in {
        row[1].removeprefix("ratings of ") for row in rows("assert_row_counts_are_as_reviewed")
    }


def test_nothing_landed_is_said_in_words(warehouse: Warehouse) -> None:
    assert "run `python -m loader land` first" in warehouse.run("dbt", "dbt_onet", "build", code=1)


def test_what_dbt_leaves_in_the_project_by_hand_is_no_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.sql").write_text("select 1")
    monkeypatch.setattr("dbt_onet.pipeline.dbt_runner.PROJECT_DIR", tmp_path)
    before = project_checksum()
    # dbt names a folder after the file of a test
    (tmp_path / "target" / "compiled" / "_rules.yml").mkdir(parents=True)
    (tmp_path / "target" / "compiled" / "a.sql").write_text("select 1")
    assert project_checksum() == before
    (tmp_path / "models" / "b.sql").write_text("select 2")
    assert project_checksum() != before


# publishing is no matter of dbt's on either
@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_a_part_of_the_project_never_goes_live(copied: Warehouse) -> None:
    """dbt by hand, as anyone may run it, builds and tests; it does not publish."""
    before = copied.query(SNAPSHOT)
    command = (
        "dbt.cli.main",
        "--quiet",
        "build",
        "--project-dir",
        "dbt_onet",
        "--profiles-dir",
        "dbt_onet",
        "--select",
        "element_domain",
    )
    copied.run(
        "dbt",
        *command,
        "--target-path",
        str(copied.dir / "hand"),
        "--log-path",
        str(copied.dir / "hand"),
    )
    assert copied.query(SNAPSHOT) == before


def test_live_relations_are_the_planned_ones_with_every_column_described(
    published: Callable[[str], Warehouse],
) -> None:
    live = published("sample")
    manifest = json.loads((live.dir / "dbt" / "manifest.json").read_text())
    described = {
        (node["fqn"][1], node["name"]): list(node["columns"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    there: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in live.query(
        "select table_schema, table_name, column_name from information_schema.columns where"
        " table_schema in ('{live}', '{core}') order by table_schema, table_name, ordinal_position"
    ):
        there.setdefault(("serving" if schema == live.name else "marts", table), []).append(column)
    assert there == {
        key: columns for key, columns in described.items() if key[0] in ("serving", "marts")
    }


def test_published_figures_are_of_this_publication(published: Callable[[str], Warehouse]) -> None:
    live = published("sample")
    ((release, load, landed, occupations, ratings, passed, warned, checksums),) = live.query(
        "select onet_release, load_id, landed_row_count, occupation_count, rating_count, "
        "passed_test_count, warned_test_count, file_checksums from {live}.current_publication"
    )
    assert (release, warned) == ("sample", 0)
    assert live.raw("select load_id, rows_landed from {raw}.raw_load") == [(load, landed)]
    assert live.query("select count(*) from {core}.dim_occupation") == [(occupations,)]
    assert live.query("select count(*) from {core}.fct_rating") == [(ratings,)]
    assert passed > 60
    assert all(len(checksum) == 64 for checksum in json.loads(checksums).values())


def test_the_diagram_is_of_the_keys_that_are_declared(
    published: Callable[[str], Warehouse],
) -> None:
    """And the test after this one finds the declared keys in MySQL."""
    assert PAGE.read_text() == page(published("sample").plan()), "run `python -m dbt_onet diagram`"


def assert_mysql_has_the_declared_keys(live: Warehouse) -> None:
    """For a warehouse whose last build was published."""
    keys: dict[tuple[str, str], list[tuple[str, str | None, str | None]]] = {}
    for table, constraint, column, to_table, to_column in live.query(
        "select table_name, constraint_name, column_name, referenced_table_name,"
        " referenced_column_name from information_schema.key_column_usage where table_schema ="
        " '{core}' order by table_name, constraint_name, ordinal_position"
    ):
        keys.setdefault((table, constraint), []).append((column, to_table, to_column))
    there = [(table, key) for (table, _), key in keys.items()]
    wanted: list[tuple[str, list[tuple[str, Any, Any]]]] = []
    for table in live.plan().tables:
        wanted.append((table.name, [(column, None, None) for column in table.primary_key]))
        wanted += [
            (
                table.name,
                [(a, key.to_table, b) for a, b in zip(key.columns, key.to_columns, strict=True)],
            )
            for key in table.foreign_keys
        ]
    assert sorted(there, key=str) == sorted(wanted, key=str)


@pytest.mark.mysql
@pytest.mark.parametrize("engine", ["mysql"], indirect=True)
def test_mysql_has_the_declared_keys(published: Callable[[str], Warehouse]) -> None:
    live = published("sample")
    assert_mysql_has_the_declared_keys(live)
    with (
        live.open_server().connect() as connection,
        connection.cursor() as cursor,
        pytest.raises(pymysql.err.IntegrityError),
    ):
        cursor.execute(f"delete from {live.name}_core.dim_element limit 1")


@pytest.mark.mysql
@pytest.mark.parametrize("engine", ["mysql"], indirect=True)
def test_mysql_swaps_the_tables_where_a_definition_differs(copied: Warehouse) -> None:
    """As after an upgrade: a column too few, another type, a view and a table too many, and the
    half-made set of an interrupted swap."""
    rows = copied.query("select * from {live}.skill_gap order by 1, 3, 6")
    with copied.open_server().connect() as connection, connection.cursor() as cursor:
        core = f"{copied.name}_core"
        cursor.execute(f"alter table {core}.dim_occupation drop column job_zone")
        cursor.execute(f"alter table {core}.dim_scale modify scale_name varchar(60)")
        cursor.execute(f"create table {core}.dim_old (x int)")
        cursor.execute(f"create table {core}.dim_scale__next (x int)")
        # an earlier version published them
        record = f"insert into {copied.name}_build.published_relation values"
        cursor.execute(f"{record} ('{core}', 'dim_old'), ('{copied.name}', 'old')")
        cursor.execute(
            f"create definer = {copied.name}_dbt view {copied.name}.old as select 1 as x"
        )
    copied.publish()
    assert copied.query("select * from {live}.skill_gap order by 1, 3, 6") == rows
    plan = copied.plan()
    there = copied.query(
        "select table_schema, table_name from information_schema.tables where table_schema in"
        " ('{core}', '{live}')"
    )
    assert {name for schema, name in there if schema == f"{copied.name}_core"} == {
        table.name for table in plan.tables
    }
    assert {name for schema, name in there if schema == copied.name} == {
        view.name for view in plan.views
    }
    assert_mysql_has_the_declared_keys(copied)


@pytest.mark.mysql
@pytest.mark.parametrize("engine", ["mysql"], indirect=True)
def test_mysql_parts_with_a_column_without_an_error(copied: Warehouse) -> None:
    """As after an upgrade that drops one: the view that reads it answers, by the old values, until
    it is replaced."""
    before = copied.query("select count(*) from {live}.occupation")
    with copied.open_server().connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"alter table {copied.name}_core.dim_occupation add column note varchar(10)")
        cursor.execute(f"update {copied.name}_core.dim_occupation set note = 'kept'")
        cursor.execute(
            "select view_definition from information_schema.views where table_schema = %s and"
            " table_name = 'occupation'",
            [copied.name],
        )
        ((text,),) = cursor.fetchall()
        cursor.execute(
            f"create or replace definer = {copied.name}_dbt view {copied.name}.occupation as {text}"
            " where note = 'kept'"
        )
    answers: set[tuple[Any, ...]] = set()
    errors: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        with copied.open_server().connect() as connection, connection.cursor() as cursor:
            while not done.is_set():
                try:
                    cursor.execute(f"select count(*) from {copied.name}.occupation")
                    answers.update(cursor.fetchall())
                except pymysql.MySQLError as error:
                    errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        copied.publish()
    finally:
        done.set()
        reader.join()
    assert not errors
    assert answers == set(before)
    assert copied.query(
        "select count(*) from information_schema.columns where table_schema in ('{core}', '{live}')"
        " and column_name = 'note'"
    ) == [(0,)]
    assert_mysql_has_the_declared_keys(copied)


@pytest.mark.mysql
@pytest.mark.parametrize("engine", ["mysql"], indirect=True)
def test_mysql_users_may_do_their_part_only(published: Callable[[str], Warehouse]) -> None:
    live = published("sample")

    def refused(role: str, sql: str) -> None:
        server = live.open_server()
        with (
            closing(
                pymysql.connect(
                    unix_socket=str(server.socket),
                    user=f"{live.name}_{role}",
                    password=live.password,
                )
            ) as connection,
            connection.cursor() as cursor,
            pytest.raises(
                (pymysql.err.OperationalError, pymysql.err.ProgrammingError), match="denied"
            ),
        ):
            cursor.execute(sql.replace("NAME", live.name))

    refused("api", "select * from NAME_core.fct_rating")
    refused("api", "select * from NAME_raw.raw_load")
    refused("api", "delete from NAME.occupation")
    refused("loader", "select * from NAME.skill_gap")
    refused("loader", "drop table NAME_core.dim_scale")
    refused("dbt", "delete from NAME_raw.raw_load")


@pytest.mark.long
def test_a_build_is_left_out_where_it_would_repeat_what_is_live(
    copied: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is: the newest load and what lies beside it, this very project, and docs if docs are
    asked for."""
    before = copied.query(SNAPSHOT)
    assert "nothing to do" in copied.run("dbt", "dbt_onet", "build", "--if-changed")
    assert copied.query(SNAPSHOT) == before
    ours = {
        name.removeprefix("WAREHOUSE_").lower(): value
        for name, value in copied.environment("dbt").items()
    }
    settings = Settings.model_validate(
        {name: value for name, value in ours.items() if name in Settings.model_fields}
    )
    assert is_unchanged(settings, documented=False)
    assert not is_unchanged(settings, documented=True)
    copied.run("dbt", "dbt_onet", "build", "--if-changed", "--docs")
    assert copied.query(SNAPSHOT) == before, "the docs alone were missing"
    assert is_unchanged(settings, documented=True)
    with monkeypatch.context() as patch:
        patch.setattr("dbt_onet.pipeline.dbt_runner.PROJECT_DIR", ROOT / "loader")
        assert not is_unchanged(settings, documented=False)
    with open_store(settings_for(copied)) as store:
        store.upsert((SUPPLEMENT_RATING, [supplemented("99-9999.00", "3")]))
    assert not is_unchanged(settings, documented=False)
    copied.land("sample", "--force")
    assert not is_unchanged(settings, documented=False)

    # raw is lost, as after a restore of what is published alone: the numbers of loads begin again
    if copied.server:
        with copied.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"drop database {copied.name}_raw")
    else:
        (copied.dir / "raw.duckdb").unlink()
    copied.land("sample")
    assert copied.raw("select max(load_id) from {raw}.raw_load") == [(1,)]
    assert not is_unchanged(settings, documented=False)


def supplemented(code: str, level: str) -> dict[str, Any]:
    """A rating by O*NET Web Services, of this moment."""
    key = {"onetsoc_code": code, "element_id": "2.A.1.a", "scale_id": "LV"}
    return key | {
        "data_value": level,
        "service_release": "30.3",
        "fetched_at": datetime.now(UTC).replace(tzinfo=None),
    }


@pytest.mark.long
def test_what_does_not_depend_on_a_change_is_not_built_again(copied: Warehouse) -> None:
    """Part of the project is built on what a whole build left, never on what a failed one did; and
    it comes to the same as all of it."""
    plan = copied.plan()  # the next manifests are those of a part
    at_first = everything(copied, plan)
    key = {
        "prompt_hash": "0" * 64,
        "attempt": 1,
        "onetsoc_code": "11-1011.00",
        "element_id": "2.A.1.a",
        "model": "a model",
    }
    said = {
        "prompt_version": "1",
        "level": "3",
        "confidence": "0.5",
        "justification": "So it is.",
        "state": "accepted",
    }
    with open_store(settings_for(copied)) as store:
        store.upsert(
            (LLM_ANSWER, [key | said | {"asked_at": datetime.now(UTC).replace(tzinfo=None)}])
        )
        store.upsert((SUPPLEMENT_RATING, [supplemented("15-1252.00", "3")]))
    assert depending_on(copied.run("dbt", "dbt_onet", "build", "--if-changed")) == [
        "supplement_rating",
        "llm_answer",
    ]
    results = json.loads((copied.dir / "dbt" / "run_results.json").read_text())["results"]
    ran = {result["unique_id"].removeprefix("model.dbt_onet.") for result in results}
    assert {"fct_llm_rating", "fct_rating", "publication"} <= ran
    assert not {"dim_element", "dim_scale", "dim_level_anchor"} & ran
    partly = everything(copied, plan)
    assert {"fct_llm_rating", "fct_rating"} <= {
        name for name in partly if partly[name] != at_first[name]
    }

    with open_store(settings_for(copied)) as store:
        store.upsert((SUPPLEMENT_RATING, [supplemented("15-1252.00", "3x")]))
    with pytest.raises(BuildError, match="nothing was published"):
        copied.build(only_changed=True)
    assert everything(copied, plan) == partly
    if copied.engine == "duckdb":  # as a crash may leave it
        (copied.dir / "build.duckdb").write_bytes(b"no database")
    with open_store(settings_for(copied)) as store:
        store.upsert((SUPPLEMENT_RATING, [supplemented("15-1252.00", "3")]))
    with capture_logs() as told:
        copied.build(only_changed=True)
    assert [each["depending_on"] for each in told if each["event"] == "published"] == ["all"]
    assert everything(copied, plan) == partly


def depending_on(printed: str) -> list[str]:
    """What a build in part said that it depended on: raw tables."""
    [told] = re.findall(r"depending_on.{0,3}[=:] ?(\[.*?\])", printed)
    return re.findall(r"\w+", told)


def everything(warehouse: Warehouse, plan: Plan) -> dict[str, list[str]]:
    """All rows that are published, by table; without what is another one in each build."""
    of_each_build = {"build_id", "published_at", "supplemented_at"}
    columns = {
        table.name: [column.name for column in table.columns if column.name not in of_each_build]
        for table in plan.tables
    }
    return {
        name: sorted(map(str, warehouse.query(f"select {', '.join(kept)} from {{core}}.{name}")))
        for name, kept in columns.items()
    }


@pytest.mark.long
def test_a_build_killed_on_its_way_changes_nothing_and_the_next_one_succeeds(
    copied: Warehouse,
) -> None:
    """With no repair; and that next one waits while something else is loading or building."""
    plan = copied.plan()  # the next manifest is that of a build that was not finished
    before = everything(copied, plan)
    size = (copied.dir / "build.duckdb").stat().st_size if copied.engine == "duckdb" else 0
    # there again: dbt is in the middle of it
    copied.change_build("drop table {build}.fct_occupation_element")
    process = start(copied, "-m", "dbt_onet", "build")

    def is_on_its_way() -> bool:
        assert process.poll() is None, process.communicate()
        if copied.server:
            there = (
                "select 1 from information_schema.tables where table_schema = '{build}' and"
                " table_name = 'fct_occupation_element'"
            )
            return bool(copied.query(there))
        files = list(copied.dir.glob("build.duckdb*"))  # made anew, and filled by and by
        return (copied.dir / "build.duckdb.wal") in files and sum(
            file.stat().st_size for file in files
        ) > size / 10

    until(is_on_its_way, 300)
    kill(copied, process)
    assert everything(copied, plan) == before
    with lock_of(copied):
        process = start(copied, "-m", "dbt_onet", "build")
        assert process.stdout
        said = next(line for line in process.stdout if "another load or build" in line)
        assert "waiting" in said
    printed, _ = process.communicate()
    assert process.returncode == 0, printed
    assert everything(copied, plan) == before


PUBLISHING = """
import json, os, sys
from datetime import datetime
from dbt_onet.pipeline.publish.plan import plan_from_manifest
from dbt_onet.pipeline.settings import Settings
settings = Settings()
plan = plan_from_manifest(json.loads((settings.dbt_dir / "manifest.json").read_text()))
build_id, moment = sys.argv[1], datetime.fromisoformat(sys.argv[2])
if settings.engine == "duckdb":
    from dbt_onet.pipeline.publish.duckdb import publish
    what = (plan, build_id)
else:
    from dbt_onet.pipeline.publish.mysql import publish
    what = (plan,)
print("begins", flush=True)
publish(settings, *what, moment, 1, 0)
"""


def test_a_publication_killed_at_any_moment_leaves_a_whole_one(copied: Warehouse) -> None:
    """The old or the new, and the next one succeeds with no repair. The first is let through, for
    its length."""
    moments = 8
    length = 0.0
    now = datetime.now(UTC).replace(microsecond=0)
    last = title_and_build(copied)
    for number in range(moments):
        fresh = change_title(copied, f"Title {number}")
        process = start(copied, "-c", PUBLISHING, fresh[1], str(now + timedelta(seconds=number)))
        assert process.stdout
        assert process.stdout.readline() == "begins\n", process.communicate()
        started = time.monotonic()
        if number:
            with suppress(subprocess.TimeoutExpired):
                process.wait(length * number / moments)
            kill(copied, process)
        else:
            printed, _ = process.communicate()
            assert process.returncode == 0, printed
            length = time.monotonic() - started
        there = title_and_build(copied)
        assert there in ((last, fresh) if number else (fresh,))
        last = there
    fresh = change_title(copied, "Last")
    copied.publish(now + timedelta(seconds=moments))
    assert title_and_build(copied) == fresh


def test_a_build_that_waits_too_long_says_so(published: Callable[[str], Warehouse]) -> None:
    live = published("sample")
    with lock_of(live):
        printed = live.run("dbt", "dbt_onet", "build", code=1, WAREHOUSE_LOCK_TIMEOUT="1")
    assert "another load or build" in printed

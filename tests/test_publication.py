"""Publication: only a whole build that passed every test goes live, at one stroke, with its keys, and readers never see anything else."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pymysql
import pytest

from dbt_onet.build import is_unchanged, project_checksum
from dbt_onet.diagram import PAGE, page
from dbt_onet.plan import Plan, plan_from_manifest
from dbt_onet.settings import Settings
from landing import settings_for
from loader.side_tables import LLM_ANSWER, SUPPLEMENT_RATING
from loader.store import open_store
from release_files import Release, sample_copy
from warehouse import ROOT, Engine, Warehouse, make_warehouse

SNAPSHOT = "select build_id from {live}.current_publication"


def planned(warehouse: Warehouse) -> Plan:
    return plan_from_manifest(json.loads((warehouse.dir / "dbt" / "manifest.json").read_text()))


@pytest.fixture
def spoilt(tmp_path: Path) -> Release:
    """A copy of the sample, to be spoilt."""
    return sample_copy(tmp_path / "spoilt")


@pytest.fixture(scope="module")
def live(engine: Engine, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse of this file's own with something published; tests publish other things, and compare with what they found."""
    server = request.getfixturevalue("mysql_server") if engine == "mysql" else None
    with make_warehouse(engine, tmp_path_factory.mktemp("publication"), server) as warehouse:
        warehouse.land("sample")
        warehouse.build()
        yield warehouse


@pytest.fixture
def sound(live: Warehouse) -> Warehouse:
    """The same warehouse with the sample landed last: its next build passes."""
    live.land("sample", "--force")
    return live


def kept_rows(live: Warehouse, message: str, test: str) -> list[tuple[Any, ...]]:
    """The failing rows that the message leads to."""
    line = next(line for line in message.splitlines() if test in line and ", kept in " in line)
    relation = line.rsplit(" kept in ", 1)[1].strip()
    if live.server:
        return live.query(f"select * from {relation}")
    with duckdb.connect(str(live.dir / "build.duckdb"), read_only=True) as built:
        return built.execute(f"select * from {relation}").fetchall()


def test_text_that_is_no_value_of_its_type_stops_publication(live: Warehouse, spoilt: Release) -> None:
    """A bare cast would read some of these as numbers on MySQL: 4.50 for `4.5x`, 0 for `abc`. What is printed says what and where."""
    wrong = {"Data Value": ["abc", "4.5x", "1.234", "NaN", " 3", "3,5", "1e1", "12345.6", "", "inf", "0x1"]}
    wrong |= {"N": ["8.0", "-", "eight"], "Not Relevant": ["y", "YES"], "Date": ["13/2024", "2024-01", "1/2024"]}
    wrong |= {"Standard Error": ["0.12345"], "Scale ID": ["LEVEL"]}
    for column, texts in wrong.items():
        for row, text in enumerate(texts, 2):
            spoilt.replace_value("Skills.txt", row=row, column=column, value=text)
    spoilt.replace_value("Job Zones.txt", row=2, column="Job Zone", value="IV")
    live.land(spoilt.folder, "--release", "99.1")
    before = live.query(SNAPSHOT)
    printed = live.run("dbt", "dbt_onet", "build", code=1)
    assert live.query(SNAPSHOT) == before
    assert "what is live stays" in printed
    assert "Traceback" not in printed
    assert "fail, 1 rows, kept in" in printed
    found = {(row[2], row[3]) for row in kept_rows(live, printed, "typed_as_raw_skills")}
    names = {"Data Value": "data_value", "N": "n", "Not Relevant": "not_relevant", "Date": "date_updated"}
    names |= {"Standard Error": "standard_error", "Scale ID": "scale_id"}
    assert found == {(names[column], text) for column, texts in wrong.items() for text in texts}
    assert [row[:4] for row in kept_rows(live, printed, "typed_as_raw_job_zones")] == [("Job Zones.txt", 2, "job_zone", "IV")]


def test_values_that_break_a_rule_stop_publication(live: Warehouse, spoilt: Release) -> None:
    spoilt.replace_value("Skills.txt", row=2, column="Data Value", value="0.99")
    spoilt.replace_value("Skills.txt", row=3, column="Data Value", value="7.01")
    spoilt.replace_value("Skills.txt", row=5, column="Data Value", value="-0.01")
    spoilt.replace_value("Skills.txt", row=6, column="O*NET-SOC Code", value="n/a")
    spoilt.repeat_row("Skills.txt", row=8)
    spoilt.replace_value("Occupation Data.txt", row=2, column="Title", value="n/a")
    live.land(spoilt.folder, "--release", "99.1")
    message = live.failing_build()
    assert len(kept_rows(live, message, "assert_values_are_within_their_scale")) == 3
    assert sorted((row[0] or "", row[3]) for row in kept_rows(live, message, "key_stg_rating")) == [("", 1), ("11-1011.00", 2)]
    assert len(kept_rows(live, message, "not_null_stg_occupation_title")) == 1


@pytest.mark.parametrize(
    ("column", "value", "test"),
    [
        ("O*NET-SOC Code", "99-9999.99", "relationships_stg_rating_occupation_code"),
        ("Element ID", "2.A.9.z", "relationships_stg_rating_element_id"),
    ],
)
def test_an_orphan_stops_publication(live: Warehouse, spoilt: Release, column: str, value: str, test: str) -> None:
    """Both rows of one rating, so that nothing else is wrong with them."""
    for row in (2, 3):
        spoilt.replace_value("Skills.txt", row=row, column=column, value=value)
    live.land(spoilt.folder, "--release", "99.1")
    assert {row[0] for row in kept_rows(live, live.failing_build(), test)} == {value}


def test_a_lost_row_of_a_reviewed_release_stops_publication(live: Warehouse, spoilt: Release) -> None:
    """A copy that calls itself 29.2 and has another number of rows is not 29.2."""
    live.land(spoilt.folder, "--release", "29.2")
    assert kept_rows(live, live.failing_build(), "assert_row_counts_are_as_reviewed")


def test_nothing_landed_is_said_in_words(warehouse: Warehouse) -> None:
    assert "run `python -m loader land` first" in warehouse.run("dbt", "dbt_onet", "build", code=1)


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_what_cannot_be_built_is_told_in_the_engine_s_words(sound: Warehouse) -> None:
    with duckdb.connect(str(sound.dir / "raw.duckdb")) as raw:
        raw.execute("alter table job_zones rename to hidden")
    try:
        assert "job_zones does not exist" in sound.failing_build()
    finally:
        with duckdb.connect(str(sound.dir / "raw.duckdb")) as raw:
            raw.execute("alter table hidden rename to job_zones")


def test_what_dbt_leaves_in_the_project_by_hand_is_no_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.sql").write_text("select 1")
    monkeypatch.setattr("dbt_onet.build.PROJECT_DIR", tmp_path)
    before = project_checksum()
    (tmp_path / "target" / "compiled" / "_rules.yml").mkdir(parents=True)  # dbt names a folder after the file of a test
    (tmp_path / "target" / "compiled" / "a.sql").write_text("select 1")
    assert project_checksum() == before
    (tmp_path / "models" / "b.sql").write_text("select 2")
    assert project_checksum() != before


def test_a_part_of_the_project_never_goes_live(live: Warehouse) -> None:
    """dbt by hand, as anyone may run it, builds and tests; it does not publish."""
    before = live.query(SNAPSHOT)
    command = ("dbt.cli.main", "--quiet", "build", "--project-dir", "dbt_onet", "--profiles-dir", "dbt_onet", "--select", "element_domain")
    live.run("dbt", *command, "--target-path", str(live.dir / "hand"), "--log-path", str(live.dir / "hand"))
    assert live.query(SNAPSHOT) == before


def test_live_relations_are_the_planned_ones_with_every_column_described(published: Callable[[str], Warehouse]) -> None:
    live = published("sample")
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


def test_the_diagram_is_of_the_keys_that_are_declared(published: Callable[[str], Warehouse]) -> None:
    """And the test after this one finds the declared keys in MySQL."""
    assert PAGE.read_text() == page(planned(published("sample"))), "run `python -m dbt_onet diagram`"


def assert_mysql_has_the_declared_keys(live: Warehouse) -> None:
    """For a warehouse whose last build was published."""
    keys: dict[tuple[str, str], list[tuple[str, str | None, str | None]]] = {}
    for table, constraint, column, to_table, to_column in live.query(
        "select table_name, constraint_name, column_name, referenced_table_name, referenced_column_name "
        "from information_schema.key_column_usage where table_schema = '{core}' order by table_name, constraint_name, ordinal_position"
    ):
        keys.setdefault((table, constraint), []).append((column, to_table, to_column))
    there = [(table, key) for (table, _), key in keys.items()]
    wanted: list[tuple[str, list[tuple[str, Any, Any]]]] = []
    for table in planned(live).tables:
        wanted.append((table.name, [(column, None, None) for column in table.primary_key]))
        wanted += [
            (table.name, [(a, key.to_table, b) for a, b in zip(key.columns, key.to_columns, strict=True)]) for key in table.foreign_keys
        ]
    assert sorted(there, key=str) == sorted(wanted, key=str)


@pytest.mark.mysql
@pytest.mark.parametrize("engine", ["mysql"], indirect=True)
def test_mysql_has_the_declared_keys(published: Callable[[str], Warehouse]) -> None:
    live = published("sample")
    assert_mysql_has_the_declared_keys(live)
    with live.open_server().connect() as connection, connection.cursor() as cursor, pytest.raises(pymysql.err.IntegrityError):
        cursor.execute(f"delete from {live.name}_core.dim_element limit 1")


def test_new_changed_and_vanished_rows_are_published(live: Warehouse, spoilt: Release) -> None:
    """And a release whose row counts nobody has reviewed goes live with a warning."""
    spoilt.replace_value("Occupation Data.txt", row=2, column="Title", value="Another Title")
    spoilt.drop_rows("Skills.txt", "O*NET-SOC Code", "11-1011.03")
    live.land(spoilt.folder, "--release", "99.1")
    live.build()
    assert live.query("select onet_release, warned_test_count from {live}.current_publication") == [("99.1", 1)]
    assert live.query("select title from {live}.occupation where occupation_code = '11-1011.00'") == [("Another Title",)]
    assert live.query("select is_rated_skills from {live}.occupation where occupation_code = '11-1011.03'") == [(0,)]
    rows = "select count(*) from {core}.fct_occupation_element where domain = 'skills' and occupation_code = '11-1011.03'"
    assert live.query(rows) == [(0,)]
    live.land("sample", "--force")
    live.build()
    assert live.query("select title from {live}.occupation where occupation_code = '11-1011.00'") == [("Chief Executives",)]
    assert live.query(rows) == [(8,)]
    assert live.query("select count(*) from {core}.publication") == [(1,)]


@pytest.mark.mysql
@pytest.mark.parametrize("engine", ["mysql"], indirect=True)
def test_mysql_swaps_the_tables_where_a_definition_differs(sound: Warehouse) -> None:
    """As after an upgrade: a column too few, another type, a view and a table too many, and the half-made set of an interrupted swap."""
    rows = sound.query("select * from {live}.skill_gap order by 1, 3, 6")
    with sound.open_server().connect() as connection, connection.cursor() as cursor:
        core = f"{sound.name}_core"
        cursor.execute(f"alter table {core}.dim_occupation drop column job_zone")
        cursor.execute(f"alter table {core}.dim_scale modify scale_name varchar(60)")
        cursor.execute(f"create table {core}.dim_old (x int)")
        cursor.execute(f"create table {core}.dim_scale__next (x int)")
        record = f"insert into {sound.name}_build.published_relation values"  # an earlier version published them
        cursor.execute(f"{record} ('{core}', 'dim_old'), ('{sound.name}', 'old')")
        cursor.execute(f"create definer = {sound.name}_dbt view {sound.name}.old as select 1 as x")
    sound.build()
    assert sound.query("select * from {live}.skill_gap order by 1, 3, 6") == rows
    plan = planned(sound)
    there = sound.query("select table_schema, table_name from information_schema.tables where table_schema in ('{core}', '{live}')")
    assert {name for schema, name in there if schema == f"{sound.name}_core"} == {table.name for table in plan.tables}
    assert {name for schema, name in there if schema == sound.name} == {view.name for view in plan.views}
    assert_mysql_has_the_declared_keys(sound)


@pytest.mark.mysql
@pytest.mark.parametrize("engine", ["mysql"], indirect=True)
def test_mysql_parts_with_a_column_without_an_error(sound: Warehouse) -> None:
    """As after an upgrade that drops one: the view that reads it answers, by the old values, until it is replaced."""
    before = sound.query("select count(*) from {live}.occupation")
    with sound.open_server().connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"alter table {sound.name}_core.dim_occupation add column note varchar(10)")
        cursor.execute(f"update {sound.name}_core.dim_occupation set note = 'kept'")
        cursor.execute(
            "select view_definition from information_schema.views where table_schema = %s and table_name = 'occupation'", [sound.name]
        )
        ((text,),) = cursor.fetchall()
        cursor.execute(f"create or replace definer = {sound.name}_dbt view {sound.name}.occupation as {text} where note = 'kept'")
    answers: set[tuple[Any, ...]] = set()
    errors: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        with sound.open_server().connect() as connection, connection.cursor() as cursor:
            while not done.is_set():
                try:
                    cursor.execute(f"select count(*) from {sound.name}.occupation")
                    answers.update(cursor.fetchall())
                except pymysql.MySQLError as error:
                    errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        sound.build()
    finally:
        done.set()
        reader.join()
    assert not errors
    assert answers == set(before)
    assert sound.query(
        "select count(*) from information_schema.columns where table_schema in ('{core}', '{live}') and column_name = 'note'"
    ) == [(0,)]
    assert_mysql_has_the_declared_keys(sound)


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


def test_a_build_is_left_out_where_it_would_repeat_what_is_live(sound: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is: the newest load and what lies beside it, this very project, and docs if docs are asked for."""
    sound.run("dbt", "dbt_onet", "build", "--if-changed")
    before = sound.query(SNAPSHOT)
    assert "nothing to do" in sound.run("dbt", "dbt_onet", "build", "--if-changed")
    assert sound.query(SNAPSHOT) == before
    ours = {name.removeprefix("WAREHOUSE_").lower(): value for name, value in sound.environment("dbt").items()}
    settings = Settings.model_validate({name: value for name, value in ours.items() if name in Settings.model_fields})
    assert is_unchanged(settings, documented=False)
    assert not is_unchanged(settings, documented=True)
    sound.run("dbt", "dbt_onet", "build", "--if-changed", "--docs")
    assert sound.query(SNAPSHOT) == before, "the docs alone were missing"
    assert is_unchanged(settings, documented=True)
    with monkeypatch.context() as patch:
        patch.setattr("dbt_onet.build.PROJECT_DIR", ROOT / "loader")
        assert not is_unchanged(settings, documented=False)
    with open_store(settings_for(sound)) as store:
        store.upsert((SUPPLEMENT_RATING, [supplemented("99-9999.00", "3")]))
    assert not is_unchanged(settings, documented=False)
    sound.land("sample", "--force")
    assert not is_unchanged(settings, documented=False)


def supplemented(code: str, level: str) -> dict[str, Any]:
    """A rating by O*NET Web Services, of this moment."""
    key = {"onetsoc_code": code, "element_id": "2.A.1.a", "scale_id": "LV"}
    return key | {"data_value": level, "fetched_at": datetime.now(UTC).replace(tzinfo=None)}


def test_what_does_not_depend_on_a_change_is_not_built_again(warehouse: Warehouse) -> None:
    """Part of the project is built on what a whole build left, never on what a failed one did; and it comes to the same as all of it."""
    warehouse.land("sample")
    warehouse.run("dbt", "dbt_onet", "build", "--if-changed")
    plan = planned(warehouse)
    at_first = everything(warehouse, plan)
    key = {"prompt_hash": "0" * 64, "attempt": 1, "onetsoc_code": "11-1011.00", "element_id": "2.A.1.a", "model": "a model"}
    said = {"prompt_version": "1", "level": "3", "confidence": "0.5", "justification": "So it is.", "state": "accepted"}
    with open_store(settings_for(warehouse)) as store:
        store.upsert((LLM_ANSWER, [key | said | {"asked_at": datetime.now(UTC).replace(tzinfo=None)}]))
        store.upsert((SUPPLEMENT_RATING, [supplemented("15-1252.00", "3")]))
    assert depending_on(warehouse.run("dbt", "dbt_onet", "build", "--if-changed")) == ["supplement_rating", "llm_answer"]
    results = json.loads((warehouse.dir / "dbt" / "run_results.json").read_text())["results"]
    ran = {result["unique_id"].removeprefix("model.dbt_onet.") for result in results}
    assert {"llm_rating", "fct_rating", "publication"} <= ran
    assert not {"dim_element", "dim_scale", "dim_level_anchor"} & ran
    partly = everything(warehouse, plan)
    assert {"llm_rating", "fct_rating"} <= {name for name in partly if partly[name] != at_first[name]}

    with open_store(settings_for(warehouse)) as store:
        store.upsert((SUPPLEMENT_RATING, [supplemented("15-1252.00", "3x")]))
    assert "nothing was published" in warehouse.run("dbt", "dbt_onet", "build", "--if-changed", code=1)
    assert everything(warehouse, plan) == partly
    if warehouse.engine == "duckdb":  # as a crash may leave it
        (warehouse.dir / "build.duckdb").write_bytes(b"no database")
    with open_store(settings_for(warehouse)) as store:
        store.upsert((SUPPLEMENT_RATING, [supplemented("15-1252.00", "3")]))
    assert depending_on(warehouse.run("dbt", "dbt_onet", "build", "--if-changed")) == "all"
    assert everything(warehouse, plan) == partly


def depending_on(printed: str) -> list[str] | str:
    """What a build said that it depended on: raw tables, or all."""
    [told] = re.findall(r"depending_on.{0,3}[=:] ?(\[.*?\]|\"?all)", printed)
    return "all" if "all" in told else re.findall(r"\w+", told)


def everything(warehouse: Warehouse, plan: Plan) -> dict[str, list[str]]:
    """All rows that are published, by table; without what is another one in each build."""
    of_each_build = {"build_id", "published_at", "supplemented_at"}
    return {
        table.name: sorted(
            map(
                str,
                warehouse.query(
                    f"select {', '.join(column.name for column in table.columns if column.name not in of_each_build)} "
                    f"from {{core}}.{table.name}"
                ),
            )
        )
        for table in plan.tables
    }


def test_a_build_killed_at_any_moment_leaves_a_whole_publication(sound: Warehouse) -> None:
    """The next build then succeeds with no repair. Moments are spread over the length of one build."""
    started = time.monotonic()
    sound.run("dbt", "dbt_onet", "build")
    length = time.monotonic() - started
    for share in (0.8, 0.97):
        before = sound.query(SNAPSHOT)
        process = subprocess.Popen(
            [sys.executable, "-m", "dbt_onet", "build"],
            cwd=ROOT,
            env=sound.environment("dbt"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(length * share)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        ((build_id,),) = sound.query(SNAPSHOT)
        assert (build_id,) == before[0] or sound.query("select published_at is not null from {live}.current_publication") in (
            [(1,)],
            [(True,)],
        )
        assert sound.query("select count(*) from {live}.skill_gap")[0][0] > 0
    sound.build()


def test_readers_see_no_error_and_no_mixture_through_rebuilds(sound: Warehouse, spoilt: Release) -> None:
    """Eight readers through a build that changes a title, and one that fails. In each answer titles and publication belong together."""
    sound.build()
    before = ("Chief Executives", sound.query(SNAPSHOT)[0][0])
    seen: list[tuple[str, str]] = []
    errors: list[BaseException] = []
    done = threading.Event()
    text = """
        select occupation.title, publication.build_id, (
            select count(*)
            from {live}.skill_gap as gap
            where gap.from_occupation_code = '11-1011.00' and gap.to_occupation_code = '11-3013.00'
                and gap.from_occupation_title <> occupation.title
        )
        from {live}.current_publication as publication
        cross join {live}.occupation as occupation
        where occupation.occupation_code = '11-1011.00'
    """

    def read() -> None:
        while not done.wait(0.25):  # paced: the build needs the processor too
            try:
                ((title, build_id, mixed),) = sound.query(text)
                assert mixed == 0
                seen.append((title, build_id))
            except BaseException as error:
                errors.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    try:
        spoilt.replace_value("Occupation Data.txt", row=2, column="Title", value="Another Title")
        sound.land(spoilt.folder, "--release", "99.1")
        sound.run("dbt", "dbt_onet", "build")
        after = ("Another Title", sound.query(SNAPSHOT)[0][0])
        spoilt.replace_value("Skills.txt", row=2, column="Data Value", value="abc")
        sound.land(spoilt.folder, "--release", "99.1")
        sound.run("dbt", "dbt_onet", "build", code=1)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert not errors
    assert set(seen) == {before, after}


def test_two_builds_at_once_wait_for_each_other(sound: Warehouse) -> None:
    command = [sys.executable, "-m", "dbt_onet", "build"]
    builds = [
        subprocess.Popen(command, cwd=ROOT, env=sound.environment("dbt"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    printed = [build.communicate()[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], printed
    assert sum("waiting for another load or build" in text for text in printed) == 1
    if sound.engine == "duckdb":  # the live publication and the one before it are kept
        files = sorted(path.name for path in (sound.dir / "live").iterdir())
        assert [Path(name).suffix for name in files] == [".duckdb", ".duckdb", "", ".json"]


def test_a_build_that_waits_too_long_says_so(sound: Warehouse) -> None:
    if sound.server:
        with sound.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("select get_lock(%s, 0)", [f"{sound.name}.pipeline"])
            printed = sound.run("dbt", "dbt_onet", "build", code=1, WAREHOUSE_LOCK_TIMEOUT="1")
    else:
        from filelock import FileLock

        with FileLock(sound.dir / "pipeline.lock"):
            printed = sound.run("dbt", "dbt_onet", "build", code=1, WAREHOUSE_LOCK_TIMEOUT="1")
    assert "another load or build" in printed

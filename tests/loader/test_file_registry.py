"""What each file of a release is for, and what becomes of a load that meets a file, a header or a
subject it does not know."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from loader.errors import LoaderError
from loader.file_registry import (
    FILES,
    LOST,
    PUBLISHED_FROM,
    PUBLISHED_UNTIL,
    REQUIRED,
    SUBJECTS,
    is_published,
)
from loader.load_plan import plan_load
from loader.release import open_release
from loader.settings import Settings
from tests.support.landing import NUMBER, land_here
from tests.support.release_files import Release, sample_copy
from tests.support.warehouse import ROOT, Warehouse

on_duckdb = pytest.mark.parametrize("engine", ["duckdb"], indirect=True)

KEPT, USED = "Survey Booklet Locations.txt", "Alternate Titles.txt"
NEW_HEADER = ["Element ID", "Element Name", "Booklet", "Scale ID"]


@pytest.fixture
def sample(tmp_path: Path) -> Release:
    """The sample with a file that is kept: it has none itself."""
    release = sample_copy(tmp_path / "db_99_1_text")
    release.write(
        KEPT,
        [
            ["Element ID", "Element Name", "Survey Item Number", "Scale ID"],
            ["2.A.1.a", "Reading", "S1", "IM"],
        ],
    )
    return release


def rename_column(release: Release, file: str) -> None:
    lines = release.lines(file)
    release.write(file, [[*lines[0][:-1], "Renamed"], *lines[1:]])


def states(warehouse: Warehouse, *files: str) -> dict[str, tuple[str, str | None]]:
    """State and reason of these files in the newest load."""
    rows = warehouse.raw(
        "select file_name, state, reason from {raw}.raw_load_file where load_id = (select"
        " max(load_id) from {raw}.raw_load)"
    )
    return {name: (state, reason) for name, state, reason in rows if name in files}


def unloaded(warehouse: Warehouse) -> dict[str, dict[str, str]]:
    """Subject → what the newest load says of its lack."""
    [[told]] = warehouse.raw(
        "select not_loaded from {raw}.raw_load where load_id = (select max(load_id) from"
        " {raw}.raw_load)"
    )
    return {each["subject"]: each for each in json.loads(told)}


def test_each_file_says_what_it_is_for() -> None:
    required = {name for ways in REQUIRED for way in ways for name in way}
    assert {file.name for file in FILES if file.purpose == "required"} == required
    used = {file.table for file in FILES if file.purpose == "used"}
    sources = "".join(
        path.read_text()
        for path in sorted((ROOT / "dbt_onet" / "models" / "staging").glob("*/stg_*.sql"))
    )
    read = {file.table for file in FILES if f"'{file.table}'" in sources}
    assert used == read - {file.table for file in FILES if file.purpose == "required"}
    assert set(LOST) < set(SUBJECTS)
    assert not (LOST.keys() | PUBLISHED_UNTIL.keys() | PUBLISHED_FROM.keys()) - set(SUBJECTS)


def test_a_subject_that_o_net_gave_up_is_not_missed_and_a_new_one_not_before_its_time() -> None:
    assert [
        is_published("work_values", release)
        for release in ("27.0", "30.2", "30.3", "31.0", "sample")
    ] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert [
        is_published("specific_interest_areas", release) for release in ("30.2", "30.3", "sample")
    ] == [False, True, False]


def test_an_unknown_header_of_a_kept_file_is_a_warning(
    warehouse: Warehouse, sample: Release
) -> None:
    rename_column(sample, KEPT)

    landed = land_here(warehouse, sample.folder)

    state, reason = states(warehouse, KEPT)[KEPT]
    assert state == "not_landed"
    assert reason
    assert reason.startswith("missing column 'Scale ID' and unexpected column 'Renamed'")
    assert landed.plan.left_out == {KEPT: reason}
    assert unloaded(warehouse)["survey_booklet_locations"]["reason"] == f"{KEPT}: {reason}"
    assert warehouse.raw("select count(*) from {raw}.survey_booklet_locations") == [(0,)]
    assert warehouse.raw("select count(*) from {raw}.skills") == [
        (len(sample.lines("Skills.txt")) - 1,)
    ]
    assert not land_here(warehouse, sample.folder).is_new, (
        "the same again is left alone, as with whole loads"
    )


def test_an_unknown_header_of_a_used_file_stops_the_load_and_says_how_to_go_on(
    warehouse: Warehouse, sample: Release
) -> None:
    rename_column(sample, USED)
    rename_column(sample, KEPT)

    with pytest.raises(LoaderError) as refused:
        land_here(warehouse, sample.folder)

    message = str(refused.value)
    assert message.startswith(f"{USED}: missing column 'Source(s)' and unexpected column 'Renamed'")
    assert message.endswith(
        "To go on without the search by alternate titles: --without alternate_titles, or"
        " LOADER_WITHOUT=alternate_titles"
    )
    assert warehouse.raw("select state, error from {raw}.raw_load") == [("failed", message)]

    landed = land_here(warehouse, sample.folder, loader_without="alternate_titles")

    assert set(landed.plan.left_out) == {USED, KEPT}
    assert states(warehouse, USED) == {
        USED: ("not_landed", "left out as asked (--without alternate_titles)")
    }
    assert unloaded(warehouse)["alternate_titles"]["lost"] == "the search by alternate titles"
    assert warehouse.raw("select count(*) from {raw}.alternate_titles") == [(0,)]


@on_duckdb
def test_an_unknown_header_of_a_required_file_stops_the_load_and_there_is_no_way_round(
    warehouse: Warehouse, sample: Release
) -> None:
    rename_column(sample, "Skills.txt")
    rename_column(sample, USED)

    with pytest.raises(LoaderError) as refused:
        land_here(warehouse, sample.folder, loader_without="alternate_titles")

    assert str(refused.value).endswith("Without this file there is no gap")
    for subject, reason in (
        ("skills", "without it there is no gap"),
        ("titles", "not a subject of a release; there are job_zone_reference, "),
    ):
        with pytest.raises(LoaderError, match=rf"^--without {subject}: {reason}"):
            land_here(warehouse, sample.folder, loader_without=subject)


@on_duckdb
def test_the_summary_names_unknown_files_and_subjects_that_are_not_there(
    warehouse: Warehouse, sample: Release
) -> None:
    (sample.folder / USED).rename(sample.folder / "Position Titles.txt")
    rename_column(sample, KEPT)
    (sample.folder / "Interests.txt").unlink()

    arguments = (str(sample.folder), "--release", NUMBER, "--without", "tasks")
    for command in ("land", "check"):
        printed = warehouse.run("loader", "loader", command, *arguments, COLUMNS="200")
        rows = [
            [cell.strip() for cell in line.strip("│ ").split("│")]
            for line in printed.splitlines()
            if line.startswith("│")
        ]
        said = {row[0]: row[1] for row in rows}
        assert (said["Position Titles.txt"], said[KEPT]) == ("unknown file", "not landed")
        assert {said[subject] for subject in ("interests", "tasks", "work_context")} == {
            "not loaded"
        }
        assert (
            "interests not loaded: there is no Interests.txt or Career Interest Types.txt. Not"
            " available: the interests of an" in printed
        )
        assert (
            "tasks not loaded: Task Statements.txt: left out as asked (--without tasks)" in printed
        )
        advice = (
            "Position Titles.txt: not in the registry and left out; if it is wanted, add a row to"
            " loader/file_registry.py. It has the columns of"
        )
        assert f"{advice} {USED}: is it that under a new name?" in printed


def test_the_layout_of_30_3_lands_in_the_columns_of_its_predecessor(
    warehouse: Warehouse, sample: Release
) -> None:
    renamed = {
        USED: ("Job Titles.txt", {"Alternate Title": "Job Title"}),
        "Interests.txt": ("Career Interest Types.txt", {}),
    }
    before = {}
    land_here(warehouse, sample.folder)
    for table in ("alternate_titles", "interests"):
        before[table] = warehouse.raw(
            f"select * from {{raw}}.{table} where load_id = 1 order by line_number"
        )
    for old, (new, headings) in renamed.items():
        header, *lines = sample.lines(old)
        sample.write(new, [[headings.get(heading, heading) for heading in header], *lines])
        (sample.folder / old).unlink()

    land_here(warehouse, sample.folder)

    for table, rows in before.items():
        after = warehouse.raw(
            f"select * from {{raw}}.{table} where load_id = 2 order by line_number"
        )
        assert [row[3:] for row in after] == [row[3:] for row in rows] != []


@pytest.mark.parametrize(
    ("release", "lacks"),
    [
        ("27_0", {"knowledge", "abilities", "work_activities", "task_ratings"}),
        ("29_2", {"abilities", "work_activities", "task_ratings"}),
        ("30_1", {"work_activities", "task_ratings"}),
        ("30_3", {"knowledge", "abilities", "work_activities", "task_ratings"}),
    ],
)
def test_what_the_real_releases_lack_is_what_no_copy_was_found_of(
    releases: Path, release: str, lacks: set[str]
) -> None:
    with open_release(Settings(), str(releases / f"db_{release}_text.zip")) as opened:
        plan = plan_load(opened)
    assert not plan.problems
    assert not plan.warnings, "every file is known, with its header"
    assert {each.subject for each in plan.not_loaded if each.lost} == lacks
    assert {each.subject for each in plan.not_loaded} - lacks <= {
        "work_context",
        "specific_interest_areas",
    }


def test_a_load_of_a_loader_that_did_not_record_what_it_lacked_is_made_again(
    warehouse: Warehouse, sample: Release
) -> None:
    land_here(warehouse, sample.folder)
    for table, column in (("raw_load", "not_loaded"), ("raw_load_file", "reason")):
        if warehouse.server:
            with warehouse.server.connect() as connection, connection.cursor() as cursor:
                cursor.execute(f"alter table {warehouse.name}_raw.{table} drop column {column}")
        else:
            with duckdb.connect(str(warehouse.dir / "raw.duckdb")) as raw:
                raw.execute(f"alter table {table} drop column {column}")

    assert land_here(warehouse, sample.folder).is_new
    assert "work_context" in unloaded(warehouse)
    assert not land_here(warehouse, sample.folder).is_new

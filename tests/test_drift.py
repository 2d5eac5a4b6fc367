"""What O*NET may change from one release to the next: what the project goes along with, and where it stops and says why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from loader.tables import FILES
from mysql_server import MysqlServer
from release_files import Release, sample_copy
from warehouse import Engine, Warehouse, make_warehouse

SKILLS = ("Essential Skills.txt", "Transferable Skills.txt")
NEW, GONE = "2.A.1.z", "2.B.3.l"
WORK_STYLES = next(file for file in FILES if file.name == "Work Styles.txt").layouts[-1]
EXTREMES = {"1.C.1.b": "-3.00", "1.C.5.a": "3.00"}


def next_release(folder: Path) -> Release:
    """The sample in the layout of 30.3, with a file that nobody knows, and with elements and scales that came and went."""
    release = sample_copy(folder)
    heading, *skills = [row for row in release.lines("Skills.txt") if row[1] != GONE]
    skills += [[row[0], NEW, "Prompting", *row[3:]] for row in skills if row[1] == "2.A.1.a"]
    for name, outline in zip(SKILLS, ("2.A.", "2.B."), strict=True):
        release.write(name, [heading, *(row for row in skills if row[1].startswith(outline))])
    (release.folder / "Skills.txt").unlink()

    elements = [row for row in release.lines("Content Model Reference.txt") if row[0] != GONE]
    release.write("Content Model Reference.txt", [*elements, [NEW, "Prompting", "Invented, and new."]])
    anchors = release.lines("Level Scale Anchors.txt")
    release.write("Level Scale Anchors.txt", [row for row in anchors if row[0] != GONE])

    (release.folder / "Work Values.txt").unlink()
    scales = [row for row in release.lines("Scales Reference.txt") if row[0] != "EX"]
    release.write("Scales Reference.txt", [*scales, ["WI", "Work Styles Impact", "-3", "3"]])
    _, *styles = release.lines("Work Styles.txt")
    impacts = [[*row[:3], "WI", EXTREMES[row[1]], *row[-2:]] for row in styles if row[1] in EXTREMES]
    release.write("Work Styles.txt", [list(WORK_STYLES), *impacts])
    release.write("Moods.txt", [["O*NET-SOC Code", "Mood"], ["11-1011.00", "good"]])
    return release


@pytest.fixture(scope="module")
def drifted(engine: Engine, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, str]]:
    """That release landed, built and published, and what landing it said."""
    server: MysqlServer | None = request.getfixturevalue("mysql_server") if engine == "mysql" else None
    folder = tmp_path_factory.mktemp("drift")
    with make_warehouse(engine, folder / "warehouse", server) as warehouse:
        said = warehouse.land(next_release(folder / "db_30_4_text").folder)
        warehouse.build()
        yield warehouse, said


def test_a_file_that_nobody_knows_is_told_of_and_left_out(drifted: tuple[Warehouse, str]) -> None:
    _, said = drifted
    [line] = [line for line in said.splitlines() if "Moods.txt" in line]
    assert "not in the registry and was left out; if it is wanted, add a row to loader/tables.py" in line


def test_an_element_that_came_takes_part_and_one_that_went_is_gone(drifted: tuple[Warehouse, str]) -> None:
    warehouse, _ = drifted
    assert warehouse.query(f"select domain, element_name from {{core}}.dim_element where element_id = '{NEW}'") == [("skills", "Prompting")]
    levels = (
        "select from_level, to_level from {live}.skill_comparison "
        "where from_occupation_code = '11-1011.00' and to_occupation_code = '11-3013.00' and element_id = '%s'"
    )
    assert warehouse.query(levels % NEW) == warehouse.query(levels % "2.A.1.a") != []
    for relation in ("{core}.dim_element", "{core}.fct_rating", "{live}.skill_comparison"):
        assert warehouse.query(f"select count(*) from {relation} where element_id = '{GONE}'") == [(0,)]


def test_a_scale_may_go_below_zero_and_another_be_gone(drifted: tuple[Warehouse, str]) -> None:
    warehouse, _ = drifted
    assert warehouse.query("select minimum, maximum from {core}.dim_scale where scale_id = 'WI'") == [(-3, 3)]
    assert warehouse.query("select count(*) from {core}.dim_scale where scale_id = 'EX'") == [(0,)]
    impacts = warehouse.query(
        "select distinct element_id, value, scale_minimum, scale_maximum from {live}.occupation_characteristic "
        "where scale_id = 'WI' order by 1"
    )
    assert [(element, float(score), low, high) for element, score, low, high in impacts] == [
        ("1.C.1.b", -3.0, -3, 3),
        ("1.C.5.a", 3.0, -3, 3),
    ]
    assert warehouse.query("select count(*) from {live}.occupation_characteristic where scale_id = 'EX'") == [(0,)]


def test_what_does_not_fit_together_stops_publication_by_name(drifted: tuple[Warehouse, str], tmp_path: Path) -> None:
    warehouse, _ = drifted
    release = next_release(tmp_path / "db_30_5_text")
    release.replace_value("Work Styles.txt", 2, "Data Value", "-3.01")
    release.replace_value(SKILLS[0], 2, "Element ID", "2.A.9.z")  # an element that is rated and not listed
    release.replace_value(SKILLS[0], 3, "Scale ID", "ZZ")  # a scale, too
    warehouse.land(release.folder)
    found = warehouse.failing_tests("stg_rating", "stg_worker_characteristic")
    assert len(found["assert_scores_are_within_their_scale"]) == 1
    for test in ("relationships_stg_rating_element_id", "relationships_stg_rating_scale_id"):
        assert [name for name in found if name.startswith(test)]


def test_no_number_stops_publication_in_any_column_of_numbers(drifted: tuple[Warehouse, str], tmp_path: Path) -> None:
    """DuckDB and pandas would take these for numbers, MySQL for 0."""
    warehouse, _ = drifted
    release = next_release(tmp_path / "db_30_6_text")
    for row, text in enumerate(("NaN", "nan", "inf", "-Infinity"), 2):
        for column in ("N", "Standard Error", "Lower CI Bound", "Upper CI Bound"):
            release.replace_value(SKILLS[1], row, column, text)
        release.replace_value("Work Styles.txt", row, "Data Value", text)
    release.replace_value("Scales Reference.txt", 2, "Maximum", "inf")
    warehouse.land(release.folder)
    found = {
        name: len(rows)
        for test, rows in warehouse.failing_tests("source:raw").items()
        for name in re.findall(r"typed_as_raw_(skills|work_styles|scales_reference)", test)
    }
    assert found == {"skills": 16, "work_styles": 4, "scales_reference": 1}

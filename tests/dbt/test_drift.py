"""What O*NET may change from one release to the next: what the project goes along with, and where
it stops and says why.

31.0 and a release that nobody has seen yet are made from the real 30.3, with the rows of a few
occupations.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.support import shared
from tests.support.live_warehouse import served
from tests.support.release_files import Release, reduced_copy
from tests.support.warehouse import Engine, Warehouse, make_warehouse

NURSE, PRACTITIONER, DEVELOPER, PROGRAMMER = "29-1141.00", "29-1171.00", "15-1252.00", "15-1251.00"
UNRATED = "11-9199.00"
CODES = (
    *(
        NURSE,
        PRACTITIONER,
        DEVELOPER,
        PROGRAMMER,
        UNRATED,
        "11-1011.00",
        "11-3013.00",
        "29-1141.03",
        "29-2061.00",
    ),
    *("49-9071.00", "15-1253.00", "25-2021.00", "35-1011.00", "43-4051.00", "47-2111.00"),
)
NEW, GONE = "2.A.1.z", "2.B.3.l"
TITLES, RENAMED_TITLES = "Job Titles.txt", "Position Titles.txt"
KEPT = "Survey Booklet Locations.txt"
DOMAINS_NOT_THERE = {"knowledge", "abilities", "work_activities"}
LOST = {*DOMAINS_NOT_THERE, "task_ratings", "alternate_titles", "education"}
"""What the unseen release is loaded without, education by choice: its table has rows of training
all the same."""


def reduced_30_3(releases: Path, folder: Path) -> Release:
    """A copy of what is read out of the zip once for all tests."""

    def reduce(place: Path) -> dict[str, str]:
        reduced_copy(releases / "db_30_3_text.zip", place, CODES)
        return {}

    shared.once("reduced_30_3", reduce)
    shutil.copytree(shared.folder() / "reduced_30_3", folder)
    return Release(folder)


def release_31_0(releases: Path, folder: Path) -> Release:
    """30.3 with what 31.0 has beside it: `n/a` for an empty description, one more scale."""
    release = reduced_30_3(releases, folder)
    header, *elements = release.lines("Content Model Reference.txt")
    release.write(
        "Content Model Reference.txt",
        [header, *([*element[:2], element[2] or "n/a"] for element in elements)],
    )
    release.write(
        "Scales Reference.txt",
        [*release.lines("Scales Reference.txt"), ["RQ", "Required", "0", "100"]],
    )
    (release.folder / "Read Me.txt").unlink()
    return release


def unseen_release(releases: Path, folder: Path) -> Release:
    """31.0 and what may come after it: a kept file with another header, a used one renamed, a new
    file, a new scale, new elements."""
    release = release_31_0(releases, folder)
    header, *rows = release.lines(KEPT)
    release.write(KEPT, [[*header, "Mode"], *([*row, "Web"] for row in rows)])
    (folder / TITLES).rename(folder / RENAMED_TITLES)
    release.write("Moods.txt", [["O*NET-SOC Code", "Mood"], [NURSE, "good"]])
    release.write(
        "Scales Reference.txt", [*release.lines("Scales Reference.txt"), ["ZZ", "Zest", "-5", "5"]]
    )
    elements = [row for row in release.lines("Content Model Reference.txt") if row[0] != GONE]
    release.write(
        "Content Model Reference.txt", [*elements, [NEW, "Prompting", "Invented, and new."]]
    )
    for file in ("Level Scale Anchors.txt", "Transferable Skills.txt"):
        release.drop_rows(file, "Element ID", GONE)
    for file in (
        "Transferable Skills to Work Activities.txt",
        "Transferable Skills to Work Context.txt",
    ):
        release.drop_rows(file, "Transferable Skills Element ID", GONE)
    skills = release.lines("Essential Skills.txt")
    release.write(
        "Essential Skills.txt",
        [*skills, *([row[0], NEW, "Prompting", *row[3:]] for row in skills if row[1] == "2.A.1.a")],
    )
    return release


@contextmanager
def publish(
    engine: Engine, request: pytest.FixtureRequest, folder: Path, release: Release, *options: str
) -> Iterator[tuple[Warehouse, str]]:
    """The release landed, built and published, and what landing it said."""
    server = request.getfixturevalue("mysql_server") if engine == "mysql" else None
    with make_warehouse(engine, folder / "warehouse", server) as warehouse:
        said = warehouse.run(
            "loader", "loader", "land", str(release.folder), *options, COLUMNS="200"
        )
        warehouse.build()
        yield warehouse, said


@contextmanager
def serve(warehouse: Warehouse) -> Iterator[Callable[..., dict[str, Any]]]:
    """Asks the API of what the warehouse has published; the answer must have that status."""
    ours = {
        name: value
        for name, value in warehouse.environment("api").items()
        if name.startswith("WAREHOUSE_")
    }
    with served(ours) as address, httpx.Client(base_url=address) as client:

        def ask(path: str, status: int = 200, **parameters: str) -> dict[str, Any]:
            response = client.get(path, params=parameters)
            assert response.status_code == status, response.text
            return response.json()  # type: ignore[no-any-return]

        yield ask


@pytest.fixture(scope="module")
def published_31_0(
    engine: Engine,
    request: pytest.FixtureRequest,
    releases: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Warehouse, str]]:
    folder = tmp_path_factory.mktemp("next")
    with publish(engine, request, folder, release_31_0(releases, folder / "db_31_0_text")) as made:
        yield made


@pytest.fixture(scope="module")
def drifted(
    engine: Engine,
    request: pytest.FixtureRequest,
    releases: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Warehouse, str]]:
    folder = tmp_path_factory.mktemp("drift")
    with publish(
        engine,
        request,
        folder,
        unseen_release(releases, folder / "db_31_1_text"),
        "--without",
        "education",
    ) as made:
        yield made


def not_loaded(warehouse: Warehouse) -> dict[str, dict[str, str]]:
    [[text]] = warehouse.query("select not_loaded from {live}.current_publication")
    return {each["subject"]: each for each in json.loads(text)}


def test_31_0_is_published_from_landing_to_the_answers(
    published_31_0: tuple[Warehouse, str],
) -> None:
    warehouse, said = published_31_0
    assert warehouse.raw(
        "select distinct state from {raw}.raw_load_file where file_name = 'Tasks to DWAs.txt'"
    ) == [("landed",)]
    assert warehouse.raw("select count(*) from {raw}.raw_load_file where state = 'not_landed'") == [
        (0,)
    ]
    assert not re.search("unknown file|not landed", said)
    described = "from {core}.dim_element where description is null"
    assert dict(
        warehouse.query(f"select domain, count(*) {described} group by domain order by domain")
    ) == {
        "detailed_work_activities": 2087,
        "intermediate_work_activities": 332,
    }
    assert warehouse.query(
        "select count(*) from {core}.dim_scale where scale_id in ('RQ', 'DS')"
    ) == [(2,)]
    with serve(warehouse) as ask:
        publication = ask("/publication")
        assert publication["release"] == "31.0"
        assert {each["subject"] for each in publication["not_loaded"] if each["lost"]} == {
            *DOMAINS_NOT_THERE,
            "task_ratings",
        }
        assert publication["transition_domains"] == ["skills"]
        assert ask("/skill-gap", **{"from": PROGRAMMER, "to": DEVELOPER, "definition": "higher"})[
            "gaps"
        ]
        assert ask("/technology-gap", **{"from": NURSE, "to": DEVELOPER})["technologies"][0][
            "category_name"
        ]
        nurse = ask(f"/occupations/{NURSE}")
        assert [each["element_name"] for each in nurse["characteristics"]["interests"]][:2] == [
            "Social",
            "Conventional",
        ]
        assert nurse["education"]["typical"]["description"]
        assert ask("/occupations", q="RN")["occupations"][0]["code"] == NURSE


def test_a_file_that_nobody_knows_and_one_with_another_header_are_told_of_and_left_out(
    drifted: tuple[Warehouse, str],
) -> None:
    warehouse, said = drifted
    assert re.search(r"│ Moods\.txt +│ unknown file", said)
    assert (
        f"{RENAMED_TITLES}: not in the registry and left out; if it is wanted, add a row to"
        " loader/file_registry.py. It has the columns" in said
    )
    assert re.search(r"│ Survey Booklet Locations\.txt +│ not landed", said)
    assert re.search(r"│ alternate_titles +│ not loaded", said)
    [[reason]] = warehouse.raw(
        f"select reason from {{raw}}.raw_load_file where file_name = '{KEPT}'"
    )
    assert reason.startswith("unexpected column 'Mode'")
    lacks = not_loaded(warehouse)
    assert (
        lacks["alternate_titles"]["reason"] == "there is no Alternate Titles.txt or Job Titles.txt"
    )
    assert lacks["survey_booklet_locations"]["lost"] == ""
    assert {subject for subject, each in lacks.items() if each["lost"]} == LOST


def test_what_was_not_loaded_is_never_said_to_be_unpublished(
    drifted: tuple[Warehouse, str],
) -> None:
    with serve(drifted[0]) as ask:
        for domain in DOMAINS_NOT_THERE:
            problem = ask(
                "/skill-gap", 404, **{"from": NURSE, "to": PRACTITIONER, "domain": domain}
            )
            assert (problem["type"], problem["domain"]) == ("/problems/not-loaded", domain)
            assert "publishes no" not in problem["detail"]
        assert (
            ask("/skill-gap", 404, **{"from": UNRATED, "to": NURSE})["type"]
            == "/problems/occupation-not-rated"
        )
        whole = ask(f"/occupations/{NURSE}")
        assert set(whole["not_loaded"]) == LOST
        assert not whole["education"]["shares"]
        assert whole["reported_titles"]
        assert not whole["ratings"]["knowledge"]
        moves = ask(f"/occupations/{NURSE}/transitions")
        assert moves["domains"] == ["skills"]
        assert moves["transitions"]


def test_an_element_that_came_takes_part_and_one_that_went_is_gone(
    drifted: tuple[Warehouse, str],
) -> None:
    warehouse, _ = drifted
    assert warehouse.query(
        f"select domain, element_name from {{core}}.dim_element where element_id = '{NEW}'"
    ) == [("skills", "Prompting")]
    levels = (
        "select from_level, to_level from {live}.skill_comparison where from_occupation_code ="
        f" '{NURSE}' and to_occupation_code = '{DEVELOPER}' and element_id = '%s'"
    )
    assert warehouse.query(levels % NEW) == warehouse.query(levels % "2.A.1.a") != []
    for relation in ("{core}.dim_element", "{core}.fct_rating", "{live}.skill_comparison"):
        assert warehouse.query(f"select count(*) from {relation} where element_id = '{GONE}'") == [
            (0,)
        ]


def test_a_scale_may_go_below_zero_and_a_new_one_be_there(drifted: tuple[Warehouse, str]) -> None:
    warehouse, _ = drifted
    assert warehouse.query(
        "select minimum, maximum from {core}.dim_scale where scale_id in ('WI', 'ZZ') order by"
        " scale_id"
    ) == [
        (-3, 3),
        (-5, 5),
    ]
    [[lowest, low, high]] = warehouse.query(
        "select min(value), min(scale_minimum), max(scale_maximum) from"
        " {live}.occupation_characteristic where scale_id = 'WI'"
    )
    assert lowest < 0
    assert (low, high) == (-3, 3)


def test_a_new_column_in_a_required_file_stops_the_load(
    drifted: tuple[Warehouse, str], releases: Path, tmp_path: Path
) -> None:
    warehouse, _ = drifted
    before = warehouse.query("select load_id from {live}.current_publication")
    release = reduced_30_3(releases, tmp_path / "db_31_2_text")
    header, *rows = release.lines("Transferable Skills.txt")
    release.write(
        "Transferable Skills.txt", [[*header, "Confidence"], *([*row, "1"] for row in rows)]
    )
    (release.folder / "Read Me.txt").unlink()
    said = warehouse.land(release.folder, code=1)
    assert (
        "Transferable Skills.txt: unexpected column 'Confidence'; expected exactly 'O*NET-SOC Code'"
        in said
    )
    assert "Without this file there is no gap" in said
    assert warehouse.query("select load_id from {live}.current_publication") == before


def test_what_does_not_fit_stops_publication_by_name(
    drifted: tuple[Warehouse, str], releases: Path, tmp_path: Path
) -> None:
    """Orphans, and a score outside its scale."""
    warehouse, _ = drifted
    release = unseen_release(releases, tmp_path / "db_31_3_text")
    styles = release.lines("Work Styles.txt")
    scored = next(row for row, line in enumerate(styles[1:], 2) if line[3] == "WI")
    release.replace_value("Work Styles.txt", scored, "Data Value", "-3.01")
    # an element that is rated and not listed
    release.replace_value("Essential Skills.txt", 2, "Element ID", "2.A.9.z")
    release.replace_value("Essential Skills.txt", 3, "Scale ID", "YY")  # a scale, too
    warehouse.land(release.folder)

    found = warehouse.failing_tests("stg_rating", "stg_worker_characteristic")

    assert len(found["assert_scores_are_within_their_scale"]) == 1
    for test in ("relationships_stg_rating_element_id", "relationships_stg_rating_scale_id"):
        assert [name for name in found if test in name], (test, sorted(found))


def test_no_number_in_a_column_of_numbers_and_no_text_that_an_answer_needs_stop_publication(
    drifted: tuple[Warehouse, str], releases: Path, tmp_path: Path
) -> None:
    """DuckDB and pandas would take these for numbers, MySQL for 0."""
    warehouse, _ = drifted
    release = unseen_release(releases, tmp_path / "db_31_4_text")
    for row, text in enumerate(("NaN", "nan", "inf", "-Infinity"), 2):
        for column in ("N", "Standard Error", "Lower CI Bound", "Upper CI Bound"):
            release.replace_value("Transferable Skills.txt", row, column, text)
        release.replace_value("Career Interest Types.txt", row, "Data Value", text)
    release.replace_value("Scales Reference.txt", 2, "Maximum", "inf")
    release.replace_value("Occupation Data.txt", 2, "Description", "")
    warehouse.land(release.folder)
    found = {
        name: len(rows)
        for test, rows in warehouse.failing_tests("source:raw").items()
        for name in re.findall(
            r"typed_as_raw_(skills|interests|scales_reference|occupation_data)", test
        )
    }
    assert found == {"skills": 16, "interests": 4, "scales_reference": 1, "occupation_data": 1}

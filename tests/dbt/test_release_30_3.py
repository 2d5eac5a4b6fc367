"""The release that everybody starts with, 30.3, as it is: from landing to the answers, on both
engines.

The copy that the tests have lacks six files over which nobody may say that O*NET publishes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx2 as httpx
import pytest

from loader.settings import Settings
from tests.support.live_warehouse import served
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.release

NURSE, PROGRAMMER, DEVELOPER = "29-1141.00", "15-1251.00", "15-1252.00"
LACKS = {"abilities", "knowledge", "work_activities", "task_ratings"}


@pytest.fixture
def warehouse(published: Callable[[str], Warehouse]) -> Warehouse:
    return published("30.3")


@pytest.fixture
def client(warehouse: Warehouse) -> Iterator[httpx.Client]:
    ours = {
        name: value
        for name, value in warehouse.environment("api").items()
        if name.startswith("WAREHOUSE_")
    }
    with served(ours) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_it_is_what_an_unset_source_means() -> None:
    assert Settings.model_fields["onet_source"].default == "30.3"


def test_its_row_counts_are_reviewed_and_its_occupations_known(warehouse: Warehouse) -> None:
    assert warehouse.query(
        "select warned_test_count, taxonomy, transition_domains from {live}.current_publication"
    ) == [(0, "O*NET-SOC 2019", "skills")]


def test_files_under_new_names_are_in_the_tables_of_the_old_ones(warehouse: Warehouse) -> None:
    rows = warehouse.raw(
        "select table_name, sum(rows_landed) from {raw}.raw_load_file group by table_name"
    )
    landed = {table: int(count) for table, count in rows}
    assert {
        table: landed[table]
        for table in (
            "skills",
            "alternate_titles",
            "education_training_experience",
            "iwa_reference",
        )
    } == {
        "skills": 62580,
        "alternate_titles": 57543,
        "education_training_experience": 37125,
        "iwa_reference": 332,
    }
    for table, column in (
        ("tasks_to_dwas", "dwa_id"),
        ("skills_to_work_context", "skills_element_id"),
        ("interests", "data_value"),
    ):
        assert warehouse.raw(f"select count(*) from {{raw}}.{table} where {column} is null") == [
            (0,)
        ]
        assert landed[table] > 0


def test_activities_and_software_have_domains_of_their_own(warehouse: Warehouse) -> None:
    domains = dict(
        warehouse.query("select domain, count(*) from {core}.dim_element group by domain")
    )
    assert {
        name: domains[name]
        for name in (
            "intermediate_work_activities",
            "detailed_work_activities",
            "software_skills",
            None,
        )
    } == {
        "intermediate_work_activities": 332,
        "detailed_work_activities": 2087,
        "software_skills": 152,
        None: 4,  # the headings above the domains
    }
    assert warehouse.query(
        "select max(length(element_id)) from {core}.dim_element where domain = 'work_activities'"
    ) == [(9,)]


def test_occupations_have_what_the_release_has(client: httpx.Client) -> None:
    assert client.get("/occupations", params={"q": "RN"}).json()["occupations"][0]["code"] == NURSE
    nurse = client.get(f"/occupations/{NURSE}").json()
    interests = [
        (each["element_name"], each["value"]) for each in nurse["characteristics"]["interests"]
    ]
    assert interests[:2] == [("Social", 5.57), ("Conventional", 4.75)]
    assert nurse["education"]["typical"] == {
        "education_level": 6,
        "description": "Bachelor's Degree",
        "percent": 55.92,
    }
    assert len(nurse["tasks"]) == 10
    assert {each["category_name"] for each in nurse["technologies"]} > {
        "Medical software",
        "Spreadsheet software",
    }
    assert all(each["category_group_name"] for each in nurse["technologies"])
    assert set(nurse["not_loaded"]) == LACKS


def test_gaps_are_answered(client: httpx.Client) -> None:
    pair = {"from": PROGRAMMER, "to": DEVELOPER}
    counts = client.get("/skill-gap", params=pair).json()["counts"]
    assert counts == {"missing": 3, "newly_relevant": 3, "higher": 25, "significant": 5}
    gap = client.get("/technology-gap", params={"from": NURSE, "to": DEVELOPER}).json()
    assert gap["counts"]["missing"] == len(gap["technologies"]) == 412
    assert all(
        each["category_name"] and each["category_group_name"] for each in gap["technologies"]
    )


def test_what_is_not_loaded_is_named_and_not_called_unpublished(client: httpx.Client) -> None:
    publication: dict[str, Any] = client.get("/publication").json()
    assert {each["subject"] for each in publication["not_loaded"] if each["lost"]} == LACKS
    assert publication["taxonomy"] == "O*NET-SOC 2019"
    assert publication["transition_domains"] == ["skills"]
    for domain in LACKS - {"task_ratings"}:
        answer = client.get("/skill-gap", params={"from": NURSE, "to": DEVELOPER, "domain": domain})
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-loaded")
    assert client.get(f"/occupations/{NURSE}/transitions").json()["domains"] == ["skills"]

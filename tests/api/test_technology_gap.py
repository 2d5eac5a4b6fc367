"""`/technology-gap`: order, counts, narrowing, CSV, and what is said where a side is not there or
lists nothing."""

from __future__ import annotations

import csv
import io

import httpx2 as httpx
import pytest

from tests.api.test_problems import problem
from tests.support.live_warehouse import FROM, TO, Edition

PAIR = f"/technology-gap?from={FROM}&to={TO}"


def test_in_demand_first_then_hot_then_by_name(api_client: httpx.Client) -> None:
    body = api_client.get(PAIR).json()
    assert [each["technology_name"] for each in body["technologies"]] == [
        "zeta",
        "Alpha",
        "alpha",
        "Beta",
        "=Plan",
        "Old",
    ]
    assert body["counts"] == {"missing": 6, "hot_technology": 2, "in_demand": 3}
    assert (body["from"], body["to"]) == (
        {"code": FROM, "title": "Chief Executives"},
        {"code": TO, "title": "Facilities Managers"},
    )
    assert body["technologies"][0] == {
        "technology_name": "zeta",
        "is_hot_technology": 1,
        "is_in_demand": 1,
        "category_code": "43232110",
        "category_name": "Spreadsheet software",
        "category_group_code": "43232100",
        "category_group_name": "Content software",
        "commodity_code": "43232110",
        "commodity_title": "Spreadsheet software",
        "class_code": "43232100",
        "class_title": "Content software",
    }


@pytest.mark.parametrize(
    ("narrowed", "names"),
    [
        ("hot=true", ["zeta", "Beta"]),
        ("in_demand=true", ["zeta", "Alpha", "alpha"]),
        ("hot=true&in_demand=true", ["zeta"]),
    ],
)
def test_narrowing_leaves_the_counts(
    api_client: httpx.Client, narrowed: str, names: list[str]
) -> None:
    body = api_client.get(f"{PAIR}&{narrowed}").json()
    assert [each["technology_name"] for each in body["technologies"]] == names
    assert body["counts"]["missing"] == 6


def test_nothing_missing_is_an_empty_list(api_client: httpx.Client) -> None:
    body = api_client.get(f"/technology-gap?from={TO}&to={TO}").json()
    assert (body["technologies"], body["counts"]["missing"]) == ([], 0)


def test_csv_has_the_same_rows_and_no_formula(api_client: httpx.Client) -> None:
    answer = api_client.get(PAIR, headers={"Accept": "text/csv"})
    assert answer.content == api_client.get(f"{PAIR}&format=csv").content
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["technology_name"] for row in rows] == [
        "zeta",
        "Alpha",
        "alpha",
        "Beta",
        "'=Plan",
        "Old",
    ]
    assert rows[5]["is_in_demand"] == rows[5]["class_code"] == ""
    assert {
        (row["from_occupation_code"], row["to_occupation_code"], row["build_id"]) for row in rows
    } == {(FROM, TO, Edition().build_id)}


@pytest.mark.parametrize(
    ("source", "target", "side"), [("15-1252.00", TO, "from"), (FROM, "15-1252.00", "to")]
)
def test_an_occupation_without_technologies_is_unknown_not_empty(
    api_client: httpx.Client, source: str, target: str, side: str
) -> None:
    body = problem(
        api_client, 404, "technologies-not-listed", f"/technology-gap?from={source}&to={target}"
    )
    assert (body["parameter"], body["value"]) == (side, "15-1252.00")


def test_the_near_ones_list_technologies(api_client: httpx.Client) -> None:
    body = problem(
        api_client, 404, "technologies-not-listed", f"/technology-gap?from=11-9199.00&to={TO}"
    )
    assert [each["code"] for each in body["near"]] == [FROM, TO]


def test_an_unlisted_occupation_is_named(api_client: httpx.Client) -> None:
    assert (
        problem(
            api_client, 404, "occupation-not-found", f"/technology-gap?from={FROM}&to=11-3013.99"
        )["parameter"]
        == "to"
    )


@pytest.mark.parametrize("parameter", ["hot=2", "in_demand=maybe", "domain=skills"])
def test_what_cannot_be_accepted_is_named(api_client: httpx.Client, parameter: str) -> None:
    body = problem(api_client, 422, "invalid-parameter", f"{PAIR}&{parameter}")
    assert body["errors"][0]["parameter"] == parameter.split("=")[0]

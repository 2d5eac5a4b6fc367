"""The gaps as CSV: the same rows, readable by any reader, and harmless to a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx2 as httpx

from api.queries.skill_gap import GAP_COLUMNS
from tests.support.live_warehouse import FROM, TO, Edition

PAIR = {"from": FROM, "to": TO}
BACK = {"from": TO, "to": FROM, "format": "csv"}


def records(text: str) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_accept_and_format_give_the_same_file(api_client: httpx.Client) -> None:
    by_header = api_client.get("/skill-gap", params=PAIR, headers={"Accept": "text/csv"})
    by_parameter = api_client.get("/skill-gap", params={**PAIR, "format": "csv"})
    assert by_header.content == by_parameter.content
    assert by_header.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert (
        by_header.headers["content-disposition"]
        == f'attachment; filename="skill-gap_{FROM}_{TO}_skills_missing.csv"'
    )
    assert by_header.headers["etag"] == by_parameter.headers["etag"]


def test_format_wins_over_accept(api_client: httpx.Client) -> None:
    answer = api_client.get(
        "/skill-gap", params={**PAIR, "format": "json"}, headers={"Accept": "text/csv"}
    )
    assert answer.headers["content-type"] == "application/json"


def test_rows_are_those_of_the_json_and_know_their_pair_and_publication(
    api_client: httpx.Client,
) -> None:
    gaps = api_client.get("/skill-gap", params={**PAIR, "definition": "newly_relevant"}).json()[
        "gaps"
    ]
    rows = records(
        api_client.get(
            "/skill-gap", params={**PAIR, "definition": "newly_relevant", "format": "csv"}
        ).text
    )
    context = {
        "from_occupation_code": FROM,
        "from_occupation_title": "Chief Executives",
        "to_occupation_code": TO,
        "to_occupation_title": "Facilities Managers",
        "domain": "skills",
        "release": "29.2",
        "build_id": Edition().build_id,
    }
    expected = [
        context | {name: "" if each[name] is None else str(each[name]) for name in GAP_COLUMNS}
        for each in gaps
    ]
    assert rows == expected


def test_no_gap_is_a_header_alone(api_client: httpx.Client) -> None:
    text = api_client.get("/skill-gap", params={"from": FROM, "to": FROM, "format": "csv"}).text
    pair = (
        "from_occupation_code",
        "from_occupation_title",
        "to_occupation_code",
        "to_occupation_title",
        "domain",
    )
    assert text == ",".join((*pair, *GAP_COLUMNS, "release", "build_id")) + "\r\n"


def test_quotes_and_commas_survive(api_client: httpx.Client) -> None:
    rows = records(api_client.get("/skill-gap", params=BACK).text)
    assert rows[2]["element_name"] == 'Quoted "name", with comma'


def test_a_text_is_no_formula_and_a_negative_number_stays_a_number(
    api_client: httpx.Client,
) -> None:
    rows = records(api_client.get("/skill-gap", params=BACK).text)
    assert [row["element_name"] for row in rows[:2]] == ["'-2+3", "'=HYPERLINK(1)"]
    assert rows[0]["to_level"] == "-0.5"
    assert (
        api_client.get("/skill-gap", params={**BACK, "format": "json"}).json()["gaps"][0][
            "element_name"
        ]
        == "-2+3"
    )


def test_a_problem_stays_a_problem(api_client: httpx.Client) -> None:
    answer = api_client.get("/skill-gap?from=99-9999&to=99-9999&format=csv")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")

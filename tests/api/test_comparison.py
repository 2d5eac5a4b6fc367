"""/compare: every element of a pair, what it says, and the refusals that it shares with
/skill-gap."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx2 as httpx
import pytest

from api.queries.comparison import COMPARISON_COLUMNS
from api.schemas.comparison import ComparisonResponse
from tests.support.live_warehouse import FROM, TO, Edition

PAIR = {"from": FROM, "to": TO}


def compared(client: httpx.Client, **parameters: Any) -> dict[str, Any]:
    answer = client.get("/compare", params={**PAIR, **parameters})
    assert answer.status_code == 200, answer.text
    ComparisonResponse.model_validate_json(answer.content)
    body: dict[str, Any] = answer.json()
    return body


def test_every_element_largest_gap_first_nulls_last(api_client: httpx.Client) -> None:
    body = compared(api_client)
    ids = ["9.A.1", "9.A.3", "9.A.4", "9.A.2", "9.A.5", "9.A.7", "9.A.6", "9.A.0", "9.A.8"]
    assert [each["element_id"] for each in body["elements"]] == ids
    assert {name: body[name] for name in ("from", "to", "domain", "publication")} == {
        "from": {"code": FROM, "title": "Chief Executives"},
        "to": {"code": TO, "title": "Facilities Managers"},
        "domain": "skills",
        "publication": {
            "release": "29.2",
            "build_id": Edition().build_id,
            "published_at": "2026-11-21T04:00:01Z",
        },
    }


def test_counts_are_of_what_is_listed(api_client: httpx.Client) -> None:
    body = compared(api_client)
    verdicts = [each["verdict"] for each in body["elements"]]
    assert body["counts"] == {
        "elements": len(verdicts),
        "missing": 5,
        "newly_relevant": 3,
        "higher": 6,
        "significant": 3,
        "clearly_higher": verdicts.count("clearly_higher"),
        "too_close_to_tell": verdicts.count("too_close_to_tell"),
        "higher_without_error": verdicts.count("higher_without_error"),
        "met": verdicts.count("met"),
    }
    assert [
        body["counts"][name]
        for name in ("clearly_higher", "too_close_to_tell", "higher_without_error", "met")
    ] == [3, 2, 1, 3]


def test_one_element_whole(api_client: httpx.Client) -> None:
    assert compared(api_client)["elements"][0] == {
        "element_id": "9.A.1",
        "element_name": "Largest",
        "element_description": "What it means.",
        "from_level": 0.0,
        "to_level": 2.25,
        "level_gap": 2.25,
        "from_importance": 1.12,
        "to_importance": 2.38,
        "is_missing": 1,
        "is_newly_relevant": 1,
        "is_higher": 1,
        "gap_standard_error": 0.206,
        "gap_margin": 0.412,
        "is_significant": 1,
        "verdict": "clearly_higher",
        "is_low_precision": 0,
        "is_supplemented": 1,
        "group_name": "Tools",
        "from_anchor_level": None,
        "from_anchor": None,
        "to_anchor_level": 2,
        "to_anchor": "Drive a nail",
    }


def test_a_pair_without_common_elements_counts_none(api_client: httpx.Client) -> None:
    body = compared(api_client, domain="abilities")
    assert body["elements"] == []
    assert set(body["counts"].values()) == {0}


def test_csv_has_the_same_rows_and_a_name_of_its_own(api_client: httpx.Client) -> None:
    answer = api_client.get("/compare", params={**PAIR, "format": "csv"})
    assert (
        answer.headers["content-disposition"]
        == f'attachment; filename="compare_{FROM}_{TO}_skills.csv"'
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
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert rows == [
        context
        | {name: "" if each[name] is None else str(each[name]) for name in COMPARISON_COLUMNS}
        for each in compared(api_client)["elements"]
    ]


@pytest.mark.parametrize(
    ("parameters", "status", "kind"),
    [
        ({"from": "99-9999"}, 404, "occupation-not-found"),
        ({"to": "15-1252"}, 404, "occupation-not-rated"),
        ({"from": "nurse"}, 404, "occupation-not-found"),
        ({"domain": "interests"}, 422, "invalid-parameter"),
        ({"definition": "missing"}, 422, "invalid-parameter"),
    ],
)
def test_refusals(
    api_client: httpx.Client, parameters: dict[str, str], status: int, kind: str
) -> None:
    answer = api_client.get("/compare", params={**PAIR, **parameters})
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")

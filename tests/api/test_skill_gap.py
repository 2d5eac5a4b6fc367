"""/skill-gap: what is counted, what is listed, in which order, and for which parameters."""

from __future__ import annotations

from typing import Any

import httpx2 as httpx
import pytest

from api.schemas.skill_gap import SkillGapResponse
from tests.support.live_warehouse import FROM, TO, Edition, Warehouse, served


def gap(client: httpx.Client, **parameters: Any) -> dict[str, Any]:
    answer = client.get("/skill-gap", params={"from": FROM, "to": TO, **parameters})
    assert answer.status_code == 200, answer.text
    SkillGapResponse.model_validate_json(answer.content)
    body: dict[str, Any] = answer.json()
    return body


def ids(body: dict[str, Any]) -> list[str]:
    return [each["element_id"] for each in body["gaps"]]


def test_the_whole_answer(api_client: httpx.Client) -> None:
    body = gap(api_client, significant="true", min_importance="2", definition="missing") | {
        "gaps": []
    }
    assert body == {
        "from": {"code": FROM, "title": "Chief Executives"},
        "to": {"code": TO, "title": "Facilities Managers"},
        "domain": "skills",
        "definition": "missing",
        "levels": "published",
        "supplemented": {"from": 0, "to": 1},
        "counts": {"missing": 5, "newly_relevant": 3, "higher": 6, "significant": 3},
        "pay": None,
        "gaps": [],
        "publication": {
            "release": "29.2",
            "build_id": Edition().build_id,
            "published_at": "2026-11-21T04:00:01Z",
        },
    }


def test_one_gap_whole_with_decimals_as_numbers(api_client: httpx.Client) -> None:
    assert gap(api_client)["gaps"][0] == {
        "element_id": "9.A.1",
        "element_name": "Largest",
        "from_level": 0.0,
        "to_level": 2.25,
        "level_gap": 2.25,
        "from_importance": 1.12,
        "to_importance": 2.38,
        "is_missing": 1,
        "is_newly_relevant": 1,
        "is_higher": 1,
        "gap_standard_error": 0.206,
        "is_significant": 1,
        "is_low_precision": 0,
        "group_name": "Tools",
        "from_anchor_level": None,
        "from_anchor": None,
        "to_anchor_level": 2,
        "to_anchor": "Drive a nail",
        "is_supplemented": 1,
    }


def test_missing_is_the_default_ordered_by_gap_then_importance_then_id_with_nulls_last(
    api_client: httpx.Client,
) -> None:
    assert ids(gap(api_client)) == ["9.A.1", "9.A.3", "9.A.4", "9.A.2", "9.A.5"]


def test_newly_relevant_may_be_lower_or_without_level(api_client: httpx.Client) -> None:
    assert ids(gap(api_client, definition="newly_relevant")) == ["9.A.1", "9.A.6", "9.A.8"]


def test_higher(api_client: httpx.Client) -> None:
    assert ids(gap(api_client, definition="higher")) == [
        "9.A.1",
        "9.A.3",
        "9.A.4",
        "9.A.2",
        "9.A.5",
        "9.A.7",
    ]


def test_min_importance_includes_its_own_value_and_drops_unpublished_importance(
    api_client: httpx.Client,
) -> None:
    assert ids(gap(api_client, min_importance="3.12")) == ["9.A.3", "9.A.4", "9.A.2"]
    assert ids(gap(api_client, min_importance="1")) == ["9.A.1", "9.A.3", "9.A.4", "9.A.2"]


def test_significant_narrows_only_when_true(api_client: httpx.Client) -> None:
    assert ids(gap(api_client, significant="true")) == ["9.A.1", "9.A.3", "9.A.4"]
    assert len(gap(api_client, significant="false")["gaps"]) == 5


def test_nothing_left_after_narrowing_still_counts(api_client: httpx.Client) -> None:
    body = gap(api_client, min_importance="5")
    assert body["gaps"] == []
    assert body["counts"] == {"missing": 5, "newly_relevant": 3, "higher": 6, "significant": 3}


def test_another_domain_has_its_own_gaps_and_counts(api_client: httpx.Client) -> None:
    body = gap(api_client, domain="knowledge")
    assert ids(body) == ["9.C.1"]
    assert body["counts"] == {"missing": 1, "newly_relevant": 1, "higher": 1, "significant": 0}


@pytest.mark.parametrize("domain", ["skills", "knowledge", "abilities", "work_activities"])
def test_an_occupation_compared_with_itself_lacks_nothing(
    api_client: httpx.Client, domain: str
) -> None:
    body = gap(api_client, to=FROM, domain=domain)
    assert body["gaps"] == []
    assert body["counts"] == {"missing": 0, "newly_relevant": 0, "higher": 0, "significant": 0}


def test_a_code_without_suffix_means_its_00(api_client: httpx.Client) -> None:
    assert gap(api_client, **{"from": "11-1011"}, to="11-3013") == gap(api_client)


def test_sample_is_the_release_of_every_answer(live: Warehouse) -> None:
    live.publish(Edition(release="sample"))
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        assert gap(client)["publication"]["release"] == "sample"
        for path in ("/occupations", f"/occupations/{TO}", "/", "/health/ready"):
            assert client.get(path).json()["publication"]["release"] == "sample", path
        assert client.get("/publication").json()["release"] == "sample"
        assert (
            ",sample,"
            in client.get("/skill-gap", params={"from": FROM, "to": TO, "format": "csv"}).text
        )

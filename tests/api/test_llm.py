"""/skill-gap?levels=llm: another view, said to be another, and what cannot be asked of it."""

from __future__ import annotations

import csv
import io

import httpx2 as httpx
import pytest

from api.schemas.skill_gap import SkillGapResponse
from tests.support.live_warehouse import FROM, TO, UNRATED

PAIR = {"from": FROM, "to": UNRATED, "levels": "llm"}


def test_a_models_levels_are_marked_as_such_and_cover_unrated_occupations(
    api_client: httpx.Client,
) -> None:
    answer = api_client.get("/skill-gap", params=PAIR)
    assert answer.status_code == 200, answer.text
    SkillGapResponse.model_validate_json(answer.content)
    body = answer.json()
    assert body["levels"] == "llm"
    assert body["llm"] == {
        "model": "a-model",
        "prompt_version": "1",
        "from_element_count": 35,
        "to_element_count": 34,
    }
    assert [
        (gap["element_name"], gap["to_level"], gap["to_importance"], gap["is_significant"])
        for gap in body["gaps"]
    ] == [("Scored", 5.5, None, None)]
    assert body["counts"] == {"missing": 1, "newly_relevant": 0, "higher": 1, "significant": 0}
    published = api_client.get("/skill-gap", params=PAIR | {"levels": "published"})
    assert published.status_code == 404
    assert "llm" not in api_client.get("/skill-gap", params={"from": FROM, "to": TO}).json()


def test_csv_names_the_model(api_client: httpx.Client) -> None:
    answer = api_client.get("/skill-gap", params=PAIR | {"format": "csv"})
    assert answer.headers["content-disposition"].endswith('_missing_llm.csv"')
    [row] = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert (row["levels"], row["model"], row["to_level"], row["is_significant"]) == (
        "llm",
        "a-model",
        "5.5",
        "",
    )


@pytest.mark.parametrize(("code", "domain"), [(TO, "skills"), (UNRATED, "knowledge")])
def test_an_occupation_that_was_not_scored_says_how_to_score_it(
    api_client: httpx.Client, code: str, domain: str
) -> None:
    answer = api_client.get("/skill-gap", params=PAIR | {"from": code, "domain": domain})
    assert answer.status_code == 404
    problem = answer.json()
    assert (problem["type"], problem["parameter"], problem["value"]) == (
        "/problems/occupation-not-scored",
        "from",
        code,
    )
    assert f"python -m loader score --domain {domain} --occupation {code}" in problem["detail"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("definition", "newly_relevant"),
        ("min_importance", "2"),
        ("significant", "true"),
        ("explain", "true"),
        ("levels", "guessed"),
    ],
)
def test_what_a_model_is_not_asked_for_cannot_narrow_its_gaps(
    api_client: httpx.Client, name: str, value: str
) -> None:
    answer = api_client.get("/skill-gap", params=PAIR | {name: value})
    assert answer.status_code == 422
    assert [error["parameter"] for error in answer.json()["errors"]] == [name]

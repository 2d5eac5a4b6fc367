"""The gap of a person, against numpy straight from the raw file; and that the API answers it as it
answers the gap of an occupation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import numpy as np
import pytest
from scipy import stats

from api.schemas.profile_gap import ProfileGapResponse
from tests.support import oracle
from tests.support.live_warehouse import served
from tests.support.release_files import SAMPLE
from tests.support.warehouse import Warehouse

TO = "11-3013.00"
LEVELS = (0.0, 0.01, 1.5, 2.88, 5.0, 7.0)


def test_every_level_against_every_occupation(
    published: Callable[[str], Warehouse], releases: Path
) -> None:
    """Six levels for all skills of all occupations of 29.2; a stated level has no error, so the t
    is that of the target's raters alone."""
    sides = oracle.read(releases / "db_29_2_text.zip", "Skills")
    rows = published("29.2").query(
        "select to_occupation_code, element_id, from_level, level_gap, is_missing,"
        " is_newly_relevant, is_higher, is_significant, is_low_precision, gap_standard_error,"
        " to_importance, from_importance from {live}.profile_gap where domain = 'skills' and"
        f" from_level in {LEVELS}"
    )
    code, element = (
        {name: i for i, name in enumerate(names)} for names in (sides.codes, sides.elements)
    )
    floored = np.fmax(sides.error, 1 / sides.raters)
    threshold = stats.t.ppf(0.975, sides.raters - 1) * floored
    expected = {
        (i, j, level): (
            round(sides.level[i, j] - level, 2),
            int(level == 0),
            0,
            1,
            int(round(sides.level[i, j] - level, 2) > threshold[i, j]),
            int(sides.suppress[i, j] == 1),
            sides.importance[i, j],
            None,
        )
        for i, j in np.argwhere(sides.level > 0)
        for level in LEVELS
        if sides.level[i, j] > level
    }
    actual = {
        (code[row[0]], element[row[1]], float(row[2])): (
            float(row[3]),
            *row[4:9],
            float(row[10]),
            row[11],
        )
        for row in rows
    }
    assert len(actual) == len(rows) > 50_000
    assert actual == expected
    errors = {(code[row[0]], element[row[1]]): row[9] for row in rows}
    assert all(abs(error - floored[place]) < 0.5001e-4 for place, error in errors.items())


@pytest.fixture
def client(published: Callable[[str], Warehouse]) -> Iterator[httpx.Client]:
    environment = published("sample").environment("api")
    ours = {name: value for name, value in environment.items() if name.startswith("WAREHOUSE_")}
    with served(ours) as url, httpx.Client(base_url=url) as client:
        yield client


def levels_of(code: str) -> dict[str, float]:
    lines = [line.split("\t") for line in (SAMPLE / "Skills.txt").read_text().splitlines()]
    return {line[1]: float(line[4]) for line in lines if line[0] == code and line[3] == "LV"}


def ask(client: httpx.Client, profile: dict[str, Any], **parameters: str) -> dict[str, Any]:
    answer = client.post("/skill-gap", params={"to": TO, **parameters}, json={"profile": profile})
    assert answer.status_code == 200, answer.text
    ProfileGapResponse.model_validate_json(answer.content, strict=True)
    body: dict[str, Any] = answer.json()
    return body


def test_a_person_with_an_occupation_s_levels_has_its_gaps(client: httpx.Client) -> None:
    """All but what hangs on the source's raters and on relevance, which a person has not."""
    person = ask(client, levels_of("11-1011.00"), definition="higher")
    occupation = client.get(
        "/skill-gap", params={"from": "11-1011.00", "to": TO, "definition": "higher"}
    ).json()
    of_raters = {
        "from_importance",
        "gap_standard_error",
        "is_significant",
        "is_newly_relevant",
        "is_low_precision",
    }
    assert person["gaps"]
    for mine, theirs in zip(person["gaps"], occupation["gaps"], strict=True):
        assert {name: mine[name] for name in mine.keys() - of_raters} == {
            name: theirs[name] for name in theirs.keys() - of_raters
        }
    for count in ("missing", "higher"):
        assert person["counts"][count] == occupation["counts"][count]
    assert person["profile"] == {"stated": 8, "compared": 8, "unstated": 0}
    assert person["publication"] == occupation["publication"]


def test_what_is_not_stated_is_unknown(client: httpx.Client) -> None:
    body = ask(client, {"2.B.3.j": 0})
    assert [gap["element_id"] for gap in body["gaps"]] == ["2.B.3.j"]
    assert body["profile"] == {"stated": 1, "compared": 1, "unstated": 7}


def test_elements_of_other_domains_wait_for_theirs(client: httpx.Client) -> None:
    profile = {"2.B.3.j": 0, "2.C.1.a": 0.5}
    assert ask(client, profile)["profile"] == {"stated": 2, "compared": 1, "unstated": 7}
    knowledge = ask(client, profile, domain="knowledge", definition="higher")
    assert [gap["element_id"] for gap in knowledge["gaps"]] == ["2.C.1.a"]


def test_narrowing_and_titles_work_as_for_the_get(client: httpx.Client) -> None:
    none = dict.fromkeys(levels_of(TO), 0)
    everything = ask(client, none, definition="higher")
    important = ask(client, none, definition="higher", min_importance="3", to="Facilities Managers")
    assert (
        [gap for gap in everything["gaps"] if gap["to_importance"] >= 3]
        == important["gaps"]
        != everything["gaps"]
    )
    assert important["counts"] == everything["counts"]
    assert all(
        gap["is_significant"]
        for gap in ask(client, none, definition="higher", significant="true")["gaps"]
    )


def test_nothing_is_kept_and_csv_is_there(client: httpx.Client) -> None:
    answer = client.post(
        "/skill-gap",
        params={"to": TO},
        json={"profile": {"2.B.3.j": 0}},
        headers={"Accept": "text/csv", "If-None-Match": "*"},
    )
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    header, line = answer.text.splitlines()
    assert dict(zip(header.split(","), line.split(","), strict=False))["element_id"] == "2.B.3.j"


@pytest.mark.parametrize(
    ("body", "parameter", "says"),
    [
        ("{", "body", "JSON"),
        ("[]", "body", "object"),
        ("{}", "profile", "is required"),
        ('{"profile": {}}', "profile", "at least 1"),
        ('{"profile": {"2.A.1.a": 1}, "person": "x"}', "person", "not permitted"),
        ('{"profile": {"2.A.1.a": 7.01}}', "profile.2.A.1.a", "0 to 7"),
        ('{"profile": {"2.A.1.a": -0.01}}', "profile.2.A.1.a", "0 to 7"),
        ('{"profile": {"2.A.1.a": 1.005}}', "profile.2.A.1.a", "two decimals"),
        ('{"profile": {"2.A.1.a": null}}', "profile.2.A.1.a", "0 to 7"),
        ('{"profile": {"2.A.1.a": NaN}}', "profile.2.A.1.a", "0 to 7"),
        ('{"profile": {"2.A.1.a": "much"}}', "profile.2.A.1.a", "0 to 7"),
        ('{"profile": {"reading": 1}}', "profile.reading", "content model id"),
        ('{"profile": {"9.Z.1": 1, "2.A.1.a": 1}}', "profile.9.Z.1", "is no element"),
    ],
)
def test_what_cannot_be_accepted_is_named(
    client: httpx.Client, body: str, parameter: str, says: str
) -> None:
    answer = client.post(
        "/skill-gap", params={"to": TO}, content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    [detail] = [
        error["detail"] for error in answer.json()["errors"] if error["parameter"] == parameter
    ]
    assert says in detail


def test_targets_that_are_not_there_or_not_rated(client: httpx.Client) -> None:
    for code, domain, kind in (
        ("99-9999.00", "skills", "not-found"),
        ("11-9199.00", "skills", "not-rated"),
        ("49-9071.00", "knowledge", "not-rated"),
    ):
        answer = client.post(
            "/skill-gap", params={"to": code, "domain": domain}, json={"profile": {"2.A.1.a": 1}}
        )
        assert (answer.status_code, answer.json()["type"]) == (
            404,
            f"/problems/occupation-{kind}",
        ), code


def test_explained_figures_lead_to_their_lines(client: httpx.Client) -> None:
    """The line that is named has the figure, in the file of the release."""
    lines = {
        file: (SAMPLE / file).read_text().splitlines() for file in ("Skills.txt", "Knowledge.txt")
    }
    asked = [
        client.get(
            "/skill-gap",
            params={
                "from": "11-1011.00",
                "to": TO,
                "domain": domain,
                "definition": "higher",
                "explain": "true",
            },
        ).json()
        for domain in ("skills", "knowledge")
    ]
    asked.append(ask(client, dict.fromkeys(levels_of(TO), 0), definition="higher", explain="true"))
    asked.append(
        client.get("/compare", params={"from": "11-1011.00", "to": TO, "explain": "true"}).json()
    )
    figures = 0
    for body in asked:
        assert body["explanation"]["view"] in ("skill_gap", "profile_gap", "skill_comparison")
        for gap in body.get("gaps") or body["elements"]:
            assert set(body["explanation"]["derived"]) < set(gap)
            for figure, row in gap["published_rows"].items():
                code, element, _, scale, value, n, error, *_ = lines[row["file"]][
                    row["line"] - 1
                ].split("\t")
                assert (code, element) == (body[figure.split("_")[0]]["code"], gap["element_id"])
                assert scale == {"level": "LV", "importance": "IM"}[figure.split("_")[1]]
                assert (float(value), int(n), float(error)) == (
                    gap[figure],
                    row["n"],
                    row["standard_error"],
                )
                assert row["value"] == gap[figure]
                assert (row["release"], row["source"]) == (
                    body["publication"]["release"],
                    "release",
                )
                figures += 1
    assert figures >= 40
    whole = client.get(f"/occupations/{TO}", params={"explain": "true"}).json()
    for rating in whole["ratings"]["skills"] + whole["ratings"]["knowledge"]:
        for name, row in rating["published_rows"].items():
            code, element, _, scale, value, *_ = lines[row["file"]][row["line"] - 1].split("\t")
            assert (code, element, scale) == (
                TO,
                rating["element_id"],
                {"level": "LV", "importance": "IM"}[name],
            )
            assert float(value) == rating[name]
    for path in ("/skill-gap", "/compare"):
        answer = client.get(
            path, params={"from": "11-1011.00", "to": TO, "explain": "true", "format": "csv"}
        )
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "explain")

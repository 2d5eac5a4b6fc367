"""POST /skill-gaps: what `GET /skill-gap` answers, pair by pair, and what happens to a pair that
cannot be compared."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Callable
from typing import Any

import httpx2 as httpx
import pytest

from tests.support.live_warehouse import FROM, OCCUPATIONS, TO, UNRATED, Edition, served
from tests.support.live_warehouse import Warehouse as LiveWarehouse
from tests.support.warehouse import Warehouse

CODES = [row[0] for row in OCCUPATIONS]
RATED = [row[0] for row in OCCUPATIONS if row[4]]
NARROWINGS: list[dict[str, str]] = [
    {},
    {"definition": "newly_relevant", "domain": "knowledge"},
    {"definition": "higher", "min_importance": "2.38"},
    {"definition": "higher", "significant": "true"},
]


def pairs_of(codes: list[str]) -> list[dict[str, str]]:
    return [{"from": source, "to": target} for source, target in itertools.product(codes, codes)]


def ask(client: httpx.Client, body: Any, **options: str) -> httpx.Response:
    return client.post("/skill-gaps", params=options, json=body)


def lines(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.split("\n")[:-1]]


def rows(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


def require_the_same(client: httpx.Client, codes: list[str], narrowing: dict[str, str]) -> int:
    """That all pairs at once are answered as each is alone; how many gaps there were."""
    pairs = pairs_of(codes)
    several = lines(ask(client, {"pairs": pairs}, **narrowing))
    table = rows(ask(client, {"pairs": pairs}, format="csv", **narrowing))
    assert [each.pop("index") for each in several] == list(range(len(pairs)))
    for index, (pair, line) in enumerate(zip(pairs, several, strict=True)):
        one = client.get("/skill-gap", params={**pair, **narrowing})
        own = [row for row in table if row["index"] == str(index)]
        if one.status_code == 200:
            assert json.dumps(line) == json.dumps(one.json())  # the order of members, too
            alone = rows(client.get("/skill-gap", params={**pair, **narrowing, "format": "csv"}))
            assert [{"index": str(index), **row, "problem": ""} for row in alone] == own
        else:
            told = one.json()
            problem = line["problem"]
            for name in ("type", "title", "status", "value"):
                assert problem[name] == told[name], pair
            assert problem["detail"] == f"pairs.{index}." + told["detail"]
            assert [row["problem"] for row in own] == [problem["detail"]]
    return sum(len(each.get("gaps", [])) for each in several)


@pytest.mark.parametrize("narrowing", NARROWINGS, ids=str)
def test_every_pair_is_answered_as_alone(
    api_client: httpx.Client, narrowing: dict[str, str]
) -> None:
    assert require_the_same(api_client, [*CODES, "99-9999.00"], narrowing) > 0


@pytest.mark.parametrize("domain", ["skills", "knowledge", "abilities", "work_activities"])
def test_every_pair_of_a_real_publication_is_answered_as_alone(
    published: Callable[[str], Warehouse], domain: str
) -> None:
    environment = published("sample").environment("api")
    own = {name: value for name, value in environment.items() if name.startswith("WAREHOUSE_")}
    with served(own) as url, httpx.Client(base_url=url, timeout=60) as client:
        listed = client.get("/occupations?limit=200").json()["occupations"]
        codes = [each["code"] for each in listed if each["is_rated"][domain]]
        assert len(codes) > 2
        narrowing = {"domain": domain, "definition": "higher"}
        assert require_the_same(client, codes, narrowing) > len(codes)


def test_one_source_is_compared_with_all_targets(api_client: httpx.Client) -> None:
    targets = sorted(code for code in RATED if code != FROM)
    pairs = [{"from": FROM, "to": target} for target in targets]
    alone = ask(api_client, {"from": FROM}, definition="higher")
    assert alone.content == ask(api_client, {"pairs": pairs}, definition="higher").content
    assert [each["to"]["code"] for each in lines(alone)] == targets
    by_csv = [
        ask(api_client, body, format="csv").content for body in ({"from": FROM}, {"pairs": pairs})
    ]
    assert by_csv[0] == by_csv[1]


def test_a_source_that_cannot_be_compared_at_all_is_a_problem(api_client: httpx.Client) -> None:
    for code, kind in (("99-9999.00", "occupation-not-found"), (UNRATED, "occupation-not-rated")):
        response = ask(api_client, {"from": code})
        assert response.status_code == 404
        assert response.json()["type"] == f"/problems/{kind}"
        assert response.json()["near"] or kind == "occupation-not-found"


def test_a_pair_may_come_again(api_client: httpx.Client) -> None:
    pair = {"from": FROM, "to": TO}
    first, second, third = lines(ask(api_client, {"pairs": [pair, pair, pair]}))
    assert first["gaps"]
    assert first | {"index": 1} == second
    assert first | {"index": 2} == third


def test_codes_are_understood_as_elsewhere(api_client: httpx.Client) -> None:
    pairs = [{"from": "111011", "to": " 11\u20133013.00 "}]
    [line] = lines(ask(api_client, {"pairs": pairs}))
    assert (line["from"]["code"], line["to"]["code"]) == (FROM, TO)


def test_a_thousand_pairs_are_answered_and_one_more_is_refused(api_client: httpx.Client) -> None:
    pairs = [{"from": FROM, "to": TO}, *pairs_of(RATED)] * 10
    assert len(lines(ask(api_client, {"pairs": pairs[:1000]}))) == 1000
    refused = ask(api_client, {"pairs": pairs[:1000] + pairs[:1]})
    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert error["parameter"] == "pairs"
    assert "1000" in error["detail"]


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, ["body"]),
        ({"pairs": []}, ["pairs"]),
        ({"pairs": [{"from": FROM, "to": TO}], "from": FROM}, ["body"]),
        ({"pairs": [{"from": FROM, "to": TO, "via": TO}]}, ["pairs.0.via"]),
        (
            {"pairs": [{"from": FROM, "to": TO}, {"from": "x", "to": 7}]},
            ["pairs.1.from", "pairs.1.to"],
        ),
        ({"pairs": [{"from": FROM, "to": TO}, {"from": FROM}]}, ["pairs.1.to"]),
        ({"pairs": [FROM, TO]}, ["pairs.0", "pairs.1"]),
        ({"from": "Chief Executives"}, ["from"]),
        ({"from": ["11-1011.00"]}, ["from"]),
        ([FROM, TO], ["body"]),
    ],
    ids=str,
)
def test_malformed_pairs_are_refused_by_their_place(
    api_client: httpx.Client, body: Any, places: list[str]
) -> None:
    response = ask(api_client, body)
    assert response.status_code == 422, response.text
    assert [each["parameter"] for each in response.json()["errors"]] == places


def test_a_thousand_mistakes_are_not_all_told(api_client: httpx.Client) -> None:
    response = ask(api_client, {"pairs": [{"from": "x", "to": "y"}] * 1000})
    assert response.status_code == 422
    assert len(response.json()["errors"]) == 25
    assert "; and 1975 more." in response.json()["detail"]


def test_a_body_has_an_end(api_client: httpx.Client) -> None:
    pairs = [{"from": FROM, "to": TO}] * 1000
    fits = json.dumps({"pairs": pairs}, indent=8)
    assert 65_536 < len(fits) < 262_144
    headers = {"Content-Type": "application/json"}
    assert api_client.post("/skill-gaps", content=fits, headers=headers).status_code == 200
    response = api_client.post("/skill-gaps", content=fits + " " * 262_144, headers=headers)
    assert response.status_code == 413
    assert "262,144" in response.json()["detail"]


def test_parameters_are_those_of_the_get(api_client: httpx.Client) -> None:
    body = {"from": FROM}
    for name, value in (
        ("domain", "skill"),
        ("definition", "all"),
        ("min_importance", "0"),
        ("significant", "perhaps"),
        ("format", "xml"),
    ):
        several = ask(api_client, body, **{name: value})
        one = api_client.get("/skill-gap", params={"from": FROM, "to": TO, name: value})
        assert several.status_code == one.status_code == 422
        assert several.json()["errors"] == one.json()["errors"]
    assert ask(api_client, body, levels="llm").status_code == 422  # of one pair at a time


def test_what_cannot_be_written_is_refused(api_client: httpx.Client) -> None:
    response = api_client.post("/skill-gaps", json={"from": FROM}, headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert response.json()["available"] == ["application/x-ndjson", "text/csv"]
    as_csv = api_client.post("/skill-gaps", json={"from": FROM}, headers={"Accept": "text/csv"})
    assert as_csv.content == ask(api_client, {"from": FROM}, format="csv").content
    assert as_csv.headers["cache-control"] == "no-store"
    assert as_csv.headers["vary"] == "Accept, Accept-Encoding"


def test_nothing_is_answered_where_nothing_is_published(live: LiveWarehouse) -> None:
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        assert ask(client, {"from": FROM}).status_code == 503


def test_a_domain_that_was_not_loaded_is_said_of_each_pair(live: LiveWarehouse) -> None:
    live.publish(Edition(not_loaded=("skills",)))
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        assert require_the_same(client, [FROM, UNRATED], {}) == 0
        [line] = lines(ask(client, {"pairs": [{"from": FROM, "to": UNRATED}]}))
        assert line["problem"]["type"] == "/problems/not-loaded"


def test_a_new_publication_is_answered_from_at_once(live: LiveWarehouse) -> None:
    live.publish(Edition())
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        for number in (1, 2, 3):
            live.publish(Edition(number))
            for line in lines(ask(client, {"from": FROM})):
                assert line["publication"]["build_id"] == Edition(number).build_id
                for named in (
                    line["from"]["title"],
                    *(gap["element_name"] for gap in line["gaps"]),
                ):
                    assert named.endswith(Edition(number).mark)

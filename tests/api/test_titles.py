"""Titles in the place of codes, in every endpoint that compares two occupations."""

from __future__ import annotations

import httpx2 as httpx
import pytest

from api.app import create_app
from api.settings import Settings
from tests.api.test_problems import problem
from tests.support.live_warehouse import FROM, TO

COMPARING = [
    path
    for path, item in create_app(Settings()).openapi()["paths"].items()
    if {"from", "to"}
    <= {parameter["name"] for parameter in item.get("get", {}).get("parameters", [])}
]


def test_there_are_endpoints_to_ask() -> None:
    assert {"/skill-gap", "/technology-gap"} <= set(COMPARING)


@pytest.mark.parametrize("path", COMPARING)
def test_a_title_is_its_occupation_in_any_case(api_client: httpx.Client, path: str) -> None:
    by_code = api_client.get(path, params={"from": FROM, "to": TO})
    by_title = api_client.get(
        path, params={"from": "chief  EXECUTIVES ", "to": "Facilities Managers"}
    )
    assert by_title.status_code == 200
    assert by_title.content == by_code.content


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("CEO (Chief Executive Officer)", FROM),
        ("Building Manager/Keeper", TO),
        ("Reclerks", "43-9999.01"),  # O*NET's own title of one, an alternate of another
        ("=Clerks+1", "43-9999.02"),
        ("100% Remote_Clerks' Aides", "43-9999.00"),
    ],
)
def test_alternate_and_reported_titles_too(api_client: httpx.Client, title: str, code: str) -> None:
    answer = api_client.get("/skill-gap", params={"from": title, "to": TO})
    assert answer.status_code == 200, answer.text
    assert answer.json()["from"]["code"] == code


@pytest.mark.parametrize("path", COMPARING)
def test_an_ambiguous_title_is_answered_with_the_candidates(
    api_client: httpx.Client, path: str
) -> None:
    body = problem(api_client, 422, "occupation-ambiguous", f"{path}?from=director&to={TO}")
    assert (body["parameter"], body["value"]) == ("from", "director")
    assert body["candidates"] == [
        {"code": FROM, "title": "Chief Executives"},
        {"code": "11-1011.03", "title": "Chief Sustainability Officers"},
    ]


def test_an_unknown_title_names_those_like_it(api_client: httpx.Client) -> None:
    body = problem(api_client, 404, "occupation-not-found", f"/skill-gap?from={FROM}&to=nurse")
    assert (body["parameter"], body["value"]) == ("to", "nurse")
    assert body["near"] == [{"code": "29-1141.00", "title": "Registered Nurses"}]


@pytest.mark.parametrize(
    "title",
    [
        "%",
        "ch%ef executives",
        "chief_executives",
        "' or 1=1 --",
        "a" * 251,
        "\u0661\u0661-1011",
        "11-1011 x",
    ],
)
def test_no_text_is_more_than_a_title(api_client: httpx.Client, title: str) -> None:
    assert api_client.get("/skill-gap", params={"from": title, "to": TO}).status_code in (404, 422)


def test_a_title_may_not_be_given_twice(api_client: httpx.Client) -> None:
    problem(
        api_client,
        422,
        "invalid-parameter",
        f"/skill-gap?from=Chief%20Executives&from=Reclerks&to={TO}",
    )

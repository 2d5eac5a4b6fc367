"""/occupations and /occupations/{code}: what is found, in which order, and one occupation's
detail."""

from __future__ import annotations

from typing import Any

import httpx2 as httpx
import pytest

from api.schemas.occupations import OccupationResponse, OccupationsResponse
from tests.support.live_warehouse import OCCUPATIONS, SUPPLEMENTED, TO, Edition


def found(client: httpx.Client, q: str, **parameters: Any) -> list[str]:
    answer = client.get("/occupations", params={"q": q, **parameters})
    assert answer.status_code == 200, answer.text
    OccupationsResponse.model_validate_json(answer.content)
    return [each["code"] for each in answer.json()["occupations"]]


@pytest.mark.parametrize(
    ("q", "codes"),
    [
        ("11-3013.00", ["11-3013.00"]),
        ("11-3013", ["11-3013.00"]),
        ("113013", ["11-3013.00"]),
        (" 11\u20113013.00 ", ["11-3013.00"]),
        ("15-12", ["15-1251.00", "15-1252.00", "15-1253.00", "15-1299.08"]),
        ("15-1200", ["15-1251.00", "15-1252.00", "15-1253.00", "15-1299.08"]),  # a group of the SOC
        ("15-1250", ["15-1251.00", "15-1252.00", "15-1253.00"]),
        ("15-0000", ["15-1251.00", "15-1252.00", "15-1253.00", "15-1299.08"]),
        ("15-9", []),
        # O*NET's own title goes before an alternate one
        ("RECLERKS", ["43-9999.01", "11-3013.00"]),
        ("chief", ["11-1011.00", "11-1011.03"]),  # the title that says less beside it first
        ("clerks", ["43-9999.02", "43-9999.00"]),  # words, not parts of one
        # of what is managed, none is named
        ("managers", ["11-9199.00", "11-3013.00", "11-1021.00"]),
        ("manager", ["11-9199.00", "11-3013.00", "11-1021.00"]),
        ("manag", ["11-9199.00", "11-3013.00", "11-1021.00"]),
        ("registerd nurs", ["29-1141.00"]),
        ("nurse", ["29-1141.00"]),
        ("Facilites Manger", ["11-3013.00"]),
        ("c#", ["11-3013.00"]),
        ("  facilities  ", ["11-3013.00"]),
        ("coder", ["15-1251.00"]),
        ("keeper building", ["11-3013.00"]),
        ("building manager keeper", ["11-3013.00"]),  # words, whatever parts them
        ("director", ["11-1011.00", "11-1011.03"]),
        ("no such title", []),
    ],
)
def test_best_match_first_in_any_case(api_client: httpx.Client, q: str, codes: list[str]) -> None:
    assert found(api_client, q) == codes


def test_an_exact_code_is_first_where_others_begin_with_it(api_client: httpx.Client) -> None:
    assert found(api_client, "11-1011") == ["11-1011.00", "11-1011.03"]


@pytest.mark.parametrize(
    ("q", "codes"),
    [
        ("100%", ["43-9999.00"]),
        ("1%0", ["43-9999.02"]),
        ("%", []),
        ("_", []),
        ("s'", []),
        ("\\", []),
    ],
)
def test_no_character_is_a_wildcard(api_client: httpx.Client, q: str, codes: list[str]) -> None:
    assert found(api_client, q) == codes


@pytest.mark.parametrize(
    "q",
    [
        "' or 'x'='x",
        "') --",
        "'; drop view onet.occupation; --",
        '" or x=x',
        "%s",
        "{name}",
        ":sought",
        "$sought",
        "é",
        "😀",
    ],
)
def test_hostile_text_is_only_text(api_client: httpx.Client, q: str) -> None:
    assert found(api_client, q) == []


@pytest.mark.parametrize(
    ("q", "match"),
    [
        ("coder", ("Coder", "reported", "exact")),
        ("registered co", ("Registered Coder", "alternate", "prefix")),
        ("coders registered", ("Registered Coder", "alternate", "similar")),
        ("C#", ("C#", "technology", "exact")),
        ("keeper", ("Building Manager/Keeper", "alternate", "word")),
        ("eeper", ("Building Manager/Keeper", "alternate", "substring")),
        ("15-1251", ("Computer Programmers", "code", "exact")),
        ("15-125", ("Computer Programmers", "code", "prefix")),
    ],
)
def test_the_match_tells_which_title_and_how(
    api_client: httpx.Client, q: str, match: tuple[str, str, str]
) -> None:
    first = api_client.get("/occupations", params={"q": q}).json()["occupations"][0]
    assert first["match"] == dict(zip(("title", "kind", "place"), match, strict=True))


def test_without_a_search_nothing_matches(api_client: httpx.Client) -> None:
    assert {each["match"] for each in api_client.get("/occupations").json()["occupations"]} == {
        None
    }


def test_pages_cover_all_once_and_know_the_total(api_client: httpx.Client) -> None:
    pages = [
        api_client.get("/occupations", params={"limit": 5, "offset": offset}).json()
        for offset in (0, 5, 10, 15)
    ]
    assert [each["code"] for page in pages for each in page["occupations"]] == [
        row[0] for row in OCCUPATIONS
    ]
    assert {page["total"] for page in pages} == {len(OCCUPATIONS)}
    assert pages[3]["occupations"] == []
    assert pages[3]["publication"]["build_id"] == Edition().build_id


def test_an_occupation_in_a_list(api_client: httpx.Client) -> None:
    body = api_client.get("/occupations", params={"q": "nurses"}).json()
    assert body == {
        "q": "nurses",
        "limit": 20,
        "offset": 0,
        "total": 1,
        "next": None,
        "prev": None,
        "occupations": [
            {
                "code": "29-1141.00",
                "title": "Registered Nurses",
                "job_zone": None,
                "is_rated": {"skills": 1, "knowledge": 1, "abilities": 1, "work_activities": 1},
                "is_supplemented": {
                    "skills": 0,
                    "knowledge": 0,
                    "abilities": 0,
                    "work_activities": 0,
                },
                "match": {"title": "Registered Nurses", "kind": "title", "place": "word"},
            }
        ],
        "not_loaded": [],
        "publication": {
            "release": "29.2",
            "build_id": Edition().build_id,
            "published_at": "2026-11-21T04:00:01Z",
        },
    }


def test_pages_name_those_beside_them(api_client: httpx.Client) -> None:
    first = api_client.get("/occupations?limit=5")
    assert (first.json()["next"], first.json()["prev"]) == ("/occupations?limit=5&offset=5", None)
    links = first.links
    assert {links["license"]["url"], links["next"]["url"]} == {
        "https://creativecommons.org/licenses/by/4.0/",
        "/occupations?limit=5&offset=5",
    }
    sought = api_client.get("/occupations", params={"q": "a & b", "limit": 1, "offset": 3}).json()
    assert sought["prev"] == "/occupations?q=a+%26+b&limit=1&offset=2"
    last = api_client.get(f"/occupations?limit=5&offset={first.json()['total'] - 1}")
    assert last.json()["next"] is None
    assert last.links["prev"]["url"] == last.json()["prev"]
    again = api_client.get("/occupations?limit=5", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.links) == (304, first.links)


@pytest.mark.parametrize("code", ["15-1299.08", TO, TO.removesuffix(".00")])
def test_one_occupation(api_client: httpx.Client, code: str) -> None:
    answer = api_client.get(f"/occupations/{code}")
    assert answer.status_code == 200
    OccupationResponse.model_validate_json(answer.content)
    row = next(row for row in OCCUPATIONS if row[0].startswith(code))
    domains = ("skills", "knowledge", "abilities", "work_activities")
    assert answer.json()["occupation"] == {
        "code": row[0],
        "title": row[1],
        "description": row[2],
        "job_zone": row[3],
        "is_rated": dict(zip(domains, row[4:], strict=True)),
        "is_supplemented": dict.fromkeys(domains, 0) | {"skills": int(row[0] == SUPPLEMENTED)},
    }

"""What a person means by a parameter: codes as people write them, yes and no, fields left empty."""

from __future__ import annotations

import httpx2 as httpx
import pytest

from tests.api.test_problems import problem
from tests.support.live_warehouse import FROM, TO

GAP = f"/skill-gap?from={FROM}&to={TO}"
WRITTEN = [
    "111011",
    "11101100",
    "11-1011",
    " 11-1011.00 ",
    "11-1011.00\n",
    "11\u20111011",
    "11\u20131011.00",
    "\u00a011\u22121011",
]


@pytest.mark.parametrize("code", WRITTEN, ids=ascii)
def test_a_code_is_understood_wherever_one_is_taken(api_client: httpx.Client, code: str) -> None:
    for path, params in (
        ("/skill-gap", {"from": code, "to": TO}),
        ("/compare", {"from": TO, "to": code}),
        ("/skill-gap", {"from": f"onet2019:{code}", "to": TO}),
        ("/codes", {"system": "onet2019", "code": code}),
    ):
        plain = {
            name: value if value in (TO, "onet2019") else FROM for name, value in params.items()
        }
        answer = api_client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        assert answer.content == api_client.get(path, params=plain).content
    answer = api_client.get("/occupations/" + code.replace("\n", "%0A"))
    assert answer.content == api_client.get(f"/occupations/{FROM}").content
    asked, plainly = (
        api_client.post("/skill-gap", params={"to": each}, json={"profile": {"9.A.1": 1}}).json()
        for each in (code, FROM)
    )
    assert asked | {"request_id": ""} == plainly | {"request_id": ""}


@pytest.mark.parametrize("code", ["soc2018:11\u20113013", " SOC2018:113013 "], ids=ascii)
def test_a_code_of_another_classification_too(api_client: httpx.Client, code: str) -> None:
    assert (
        api_client.get("/skill-gap", params={"from": code, "to": FROM}).json()["from"]["code"] == TO
    )


@pytest.mark.parametrize(
    ("code", "candidates"),
    [
        ("11-1010", [FROM, "11-1011.03"]),
        ("111010", [FROM, "11-1011.03"]),
        ("15-1250.00", ["15-1251.00", "15-1252.00", "15-1253.00"]),
        ("15-1200", ["15-1251.00", "15-1252.00", "15-1253.00", "15-1299.08"]),
        ("15-0000", ["15-1251.00", "15-1252.00", "15-1253.00", "15-1299.08"]),
        ("11-3011", [TO]),  # of SOC 2010, by its crosswalk
        ("11-3011.00", [TO]),
        ("11-3011.02", [TO, "43-9999.01"]),  # of O*NET-SOC 2010
    ],
)
def test_a_group_or_an_older_code_is_answered_with_the_candidates(
    api_client: httpx.Client, code: str, candidates: list[str]
) -> None:
    for path in (f"/skill-gap?from={code}&to={TO}", f"/compare?from={code}&to={TO}"):
        body = problem(api_client, 422, "occupation-ambiguous", path)
        assert body["parameter"] == "from"
        assert [each["code"] for each in body["candidates"]] == candidates
    body = problem(api_client, 422, "occupation-ambiguous", f"/occupations/{code}")
    assert [each["code"] for each in body["candidates"]] == candidates


@pytest.mark.parametrize("code", ["99-0000", "15-1254", "11-1011.99", "11-9990"])
def test_a_code_that_is_neither_is_not_found(api_client: httpx.Client, code: str) -> None:
    problem(api_client, 404, "occupation-not-found", f"/skill-gap?from={code}&to={TO}")


@pytest.mark.parametrize(
    "code", ["11-10111", "1-11011", "11--1011", "11_1011", "1110110", "11 1011", "11-1011.001"]
)
def test_what_is_no_code_is_not_guessed_at(api_client: httpx.Client, code: str) -> None:
    problem(api_client, 422, "invalid-parameter", f"/skill-gap?from={code}&to={TO}")


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("True", "true"),
        ("yes", "true"),
        ("1", "true"),
        ("YES", "true"),
        ("False", "false"),
        ("no", "false"),
        ("0", "false"),
    ],
)
def test_yes_and_no(api_client: httpx.Client, written: str, plain: str) -> None:
    only = api_client.get(f"{GAP}&significant={written}")
    assert only.status_code == 200, only.text
    assert only.content == api_client.get(f"{GAP}&significant={plain}").content
    both = [api_client.get(f"{GAP}&significant={said}").content for said in ("true", "false")]
    assert both[0] != both[1]


@pytest.mark.parametrize("written", ["maybe", "2", "y", "tru", "on"])
def test_neither_yes_nor_no(api_client: httpx.Client, written: str) -> None:
    problem(api_client, 422, "invalid-parameter", f"{GAP}&significant={written}")


@pytest.mark.parametrize(
    "name", ["domain", "definition", "significant", "min_importance", "levels", "format", "explain"]
)
def test_an_empty_optional_parameter_is_an_absent_one(api_client: httpx.Client, name: str) -> None:
    empty = api_client.get(f"{GAP}&{name}=")
    assert empty.status_code == 200, empty.text
    assert empty.content == api_client.get(GAP).content


def test_empty_ones_of_a_list_too(api_client: httpx.Client) -> None:
    assert (
        api_client.get("/occupations?q=&limit=&offset=").content
        == api_client.get("/occupations").content
    )


def test_a_required_one_may_not_be_empty_nor_may_an_unknown_one_nor_two(
    api_client: httpx.Client,
) -> None:
    problem(api_client, 422, "invalid-parameter", f"/skill-gap?from={FROM}&to=")
    problem(api_client, 422, "invalid-parameter", f"{GAP}&form=")
    problem(api_client, 422, "invalid-parameter", f"{GAP}&domain=&domain=skills")

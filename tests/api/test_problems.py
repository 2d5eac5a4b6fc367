"""Errors: every one is problem+json, says which parameter and what to do, and shows nothing of the
inside."""

from __future__ import annotations

from typing import Any

import httpx2 as httpx
import pytest

from api.problems import PROBLEM_TYPES
from api.schemas.problems import ProblemResponse, ProblemTypeResponse
from tests.support.live_warehouse import FROM, TO


def problem(
    client: httpx.Client, status: int, name: str, path: str, method: str = "GET", **request: Any
) -> dict[str, Any]:
    answer = client.request(method, path, **request)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    ProblemResponse.model_validate_json(answer.content)
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"/problems/{name}"
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    for inside in ("select", "Traceback", ".py", "pymysql", "duckdb", "onet_test_"):
        assert inside not in answer.text
    return body


def test_an_unlisted_occupation_names_near_ones_closest_group_first(
    api_client: httpx.Client,
) -> None:
    body = problem(api_client, 404, "occupation-not-found", f"/skill-gap?from=11-1011.99&to={TO}")
    assert body["parameter"] == "from"
    assert body["value"] == "11-1011.99"
    assert [each["code"] for each in body["near"]] == [
        "11-1011.00",
        "11-1011.03",
        "11-1021.00",
        "11-3013.00",
        "11-9199.00",
    ]
    assert body["near"][0] == {"code": "11-1011.00", "title": "Chief Executives"}


def test_the_target_is_named_too_and_nothing_near_is_an_empty_list(
    api_client: httpx.Client,
) -> None:
    body = problem(api_client, 404, "occupation-not-found", f"/skill-gap?from={FROM}&to=99-9999")
    assert (body["parameter"], body["value"], body["near"]) == ("to", "99-9999.00", [])


def test_an_unlisted_occupation_compared_with_itself_is_unlisted(api_client: httpx.Client) -> None:
    problem(api_client, 404, "occupation-not-found", "/skill-gap?from=99-9999&to=99-9999")


def test_an_unlisted_occupation_of_its_own_endpoint(api_client: httpx.Client) -> None:
    body = problem(api_client, 404, "occupation-not-found", "/occupations/15-1254")
    assert (body["parameter"], body["value"]) == ("code", "15-1254.00")
    assert [each["code"] for each in body["near"]][:3] == ["15-1251.00", "15-1252.00", "15-1253.00"]


def test_an_unrated_occupation_names_rated_relatives_only(api_client: httpx.Client) -> None:
    body = problem(api_client, 404, "occupation-not-rated", f"/skill-gap?from=15-1252&to={TO}")
    assert (body["parameter"], body["value"], body["domain"]) == ("from", "15-1252.00", "skills")
    assert [each["code"] for each in body["near"]] == ["15-1251.00", "15-1253.00", "15-1299.08"]


def test_ratedness_is_of_the_domain(api_client: httpx.Client) -> None:
    assert api_client.get(f"/skill-gap?from=15-1299.08&to={TO}").status_code == 200
    body = problem(
        api_client,
        404,
        "occupation-not-rated",
        f"/skill-gap?from={FROM}&to=15-1299.08&domain=knowledge",
    )
    assert (body["parameter"], body["domain"]) == ("to", "knowledge")


BOTH = f"from={FROM}&to={TO}"


@pytest.mark.parametrize(
    ("path", "parameter", "says"),
    [
        ("/skill-gap", "from", "is required"),
        (f"/skill-gap?from={FROM}", "to", "11-1011.00"),
        (f"/skill-gap?from=&to={TO}", "from", "11-1011.00"),
        (f"/skill-gap?from=11-101&to={TO}", "from", "11-1011.00"),
        # digits, but not ASCII ones
        (f"/skill-gap?from={FROM}&to=%D9%A1%D9%A1-1011", "to", "11-1011.00"),
        (f"/skill-gap?from={FROM}&to=11-1011'%20or%201=1", "to", "11-1011.00"),
        (f"/skill-gap?{BOTH}&domain=Skills", "domain", "'skills'"),
        (f"/skill-gap?{BOTH}&definition=lower", "definition", "'newly_relevant'"),
        (f"/skill-gap?{BOTH}&min_importance=0.5", "min_importance", "1"),
        (f"/skill-gap?{BOTH}&min_importance=nan", "min_importance", "finite"),
        (f"/skill-gap?{BOTH}&min_importance=x", "min_importance", "number"),
        (f"/skill-gap?{BOTH}&significant=maybe", "significant", "true or false"),
        (f"/skill-gap?{BOTH}&format=xml", "format", "'csv'"),
        (f"/skill-gap?{BOTH}&form=csv", "form", "is not known"),
        (f"/skill-gap?{BOTH}&to={TO}", "to", "once"),
        ("/occupations?limit=0", "limit", "1 to 200"),
        ("/occupations?limit=201", "limit", "1 to 200"),
        ("/occupations?limit=" + "9" * 400, "limit", "1 to 200"),
        ("/occupations/11-3013/transitions?limit=11", "limit", "1 to 10"),
        ("/occupations?offset=-1", "offset", "whole number"),
        ("/occupations?q=" + "a" * 101, "q", "100"),
        ("/occupations?Q=a", "Q", "q, limit, offset"),
        ("/occupations/11-30", "code", "11-1011.00"),
        ("/occupations/11-3013?x=1", "x", "the parameters here are explain"),
        ("/publication?release=29.2", "release", "no parameters"),
        ("/health/live?x=1", "x", "no parameters"),
    ],
)
def test_what_cannot_be_accepted_is_named(
    api_client: httpx.Client, path: str, parameter: str, says: str
) -> None:
    body = problem(api_client, 422, "invalid-parameter", path)
    [detail] = [error["detail"] for error in body["errors"] if error["parameter"] == parameter]
    assert says in detail
    assert parameter in body["detail"]


def test_all_mistakes_are_named_at_once(api_client: httpx.Client) -> None:
    body = problem(api_client, 422, "invalid-parameter", "/skill-gap?from=1&domain=x")
    assert [error["parameter"] for error in body["errors"]] == ["from", "to", "domain"]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/skill-gap/",
        "/occupations/11-3013.00/x",
        "/%2e%2e/etc/passwd",
        "/problems/none",
    ],
)
def test_unknown_addresses(api_client: httpx.Client, path: str) -> None:
    problem(api_client, 404, "not-found", path)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_unknown_methods(api_client: httpx.Client, method: str) -> None:
    problem(api_client, 405, "method-not-allowed", "/publication", method)
    assert api_client.request(method, "/publication").headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("name", PROBLEM_TYPES)
def test_every_type_is_an_address_that_explains_it(api_client: httpx.Client, name: str) -> None:
    answer = api_client.get(f"/problems/{name}")
    assert answer.status_code == 200
    explained = ProblemTypeResponse.model_validate_json(answer.content)
    assert explained.type == f"/problems/{name}"
    assert explained.explanation.endswith(".")

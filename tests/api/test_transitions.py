"""`/occupations/{code}/transitions` on the sample, where five occupations are rated in skills and
knowledge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx2 as httpx
import pytest

from api.schemas.transitions import TransitionsResponse
from tests.support.live_warehouse import served
from tests.support.warehouse import Warehouse

NURSE = "/occupations/29-1141/transitions"
FIGURES = (
    "similarity",
    "job_zone_step",
    "weighted_shortfall",
    "share_of_needs_met",
    "higher_element_count",
    "significant_gap_count",
    "missing_technology_count",
)


@pytest.fixture
def warehouse(published: Callable[[str], Warehouse]) -> Warehouse:
    return published("sample")


@pytest.fixture
def client(warehouse: Warehouse) -> Iterator[httpx.Client]:
    ours = {
        name: value
        for name, value in warehouse.environment("api").items()
        if name.startswith("WAREHOUSE_")
    }
    with served(ours) as url, httpx.Client(base_url=url) as client:
        yield client


@pytest.fixture
def moves(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """What the view has; to be asked for before `client`, since the server opens the same file in
    its own way."""
    return warehouse.query(
        f"select to_occupation_code, to_occupation_title, to_job_zone, {', '.join(FIGURES)} from"
        " {live}.occupation_transition where from_occupation_code = '29-1141.00' order by"
        " similarity desc, to_occupation_code"
    )


def test_the_most_similar_come_first_with_the_view_s_figures(
    moves: list[tuple[Any, ...]], client: httpx.Client
) -> None:
    answer = client.get(NURSE)
    TransitionsResponse.model_validate_json(answer.content, strict=True)
    body = answer.json()
    assert (body["from"]["code"], body["limit"], body["max_job_zone_step"]) == (
        "29-1141.00",
        10,
        None,
    )
    assert len(moves) == 4
    assert [
        (*each["to"].values(), *(each[name] for name in FIGURES)) for each in body["transitions"]
    ] == moves


def test_limit_and_step_narrow(client: httpx.Client) -> None:
    everything = client.get(NURSE).json()["transitions"]
    assert client.get(NURSE, params={"limit": 2}).json()["transitions"] == everything[:2]
    steps = {each["job_zone_step"] for each in everything}
    assert len(steps) > 1
    for step in steps:
        narrowed = client.get(NURSE, params={"max_job_zone_step": step}).json()
        assert narrowed["max_job_zone_step"] == step
        assert narrowed["transitions"] == [
            each for each in everything if each["job_zone_step"] <= step
        ]


def test_an_occupation_that_is_not_rated_completely_has_no_way_to_go(client: httpx.Client) -> None:
    body = client.get("/occupations/25-2021/transitions").json()
    assert body["transitions"] == []
    assert body["from"]["title"] == "Elementary School Teachers, Except Special Education"


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/occupations/99-9999/transitions", 404, "occupation-not-found"),
        ("/occupations/11-9199/transitions", 404, "occupation-not-rated"),
        (f"{NURSE}?limit=11", 422, "invalid-parameter"),
        (f"{NURSE}?limit=0", 422, "invalid-parameter"),
        (f"{NURSE}?max_job_zone_step=5", 422, "invalid-parameter"),
        (f"{NURSE}?max_job_zone_step=one", 422, "invalid-parameter"),
        (f"{NURSE}?step=1", 422, "invalid-parameter"),
    ],
)
def test_what_is_not_there_or_not_accepted(
    client: httpx.Client, path: str, status: int, kind: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")
    assert (
        kind != "invalid-parameter"
        or path.partition("?")[2].partition("=")[0] in answer.json()["detail"]
    )


def test_answers_are_cached_like_all_others(client: httpx.Client) -> None:
    tag = client.get(NURSE).headers["etag"]
    assert client.get(NURSE, headers={"If-None-Match": tag}).status_code == 304

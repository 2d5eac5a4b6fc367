"""Cached responses: the same as made again, never of another publication, bounded, and
not kept where they must not be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx2 as httpx
import pytest

from api import app
from api.database import Database, Params, Record, Row, Statement, open_database
from api.settings import Settings
from tests.support.live_warehouse import FROM, TO, Edition, SQLiteWarehouse, Warehouse, served

GAP = f"/skill-gap?from={FROM}&to={TO}"
KEPT = (
    GAP,
    f"{GAP}&format=csv",
    f"{GAP}&min_importance=",
    GAP.replace("skill-gap", "compare"),
    "/occupations?limit=3",
    f"/occupations/{TO}",
    "/publication",
    "/",
)


class Recording:
    """The real database, and what was asked of it."""

    def __init__(self, settings: Settings) -> None:
        self._database: Database = open_database(settings)
        self.usage = self._database.usage
        self.asked: list[str] = []

    async def fetch(self, statement: str, params: Params, *, is_long: bool = False) -> list[Record]:
        self.asked.append(statement)
        return await self._database.fetch(statement, params, is_long=is_long)

    async def fetch_together(
        self, statements: Sequence[Statement], *, is_long: bool = False
    ) -> list[list[Record]]:
        self.asked += [statement for statement, _ in statements]
        return await self._database.fetch_together(statements, is_long=is_long)

    async def fetch_skill_gap(
        self, from_code: str, to_code: str, domain: str
    ) -> tuple[str, list[Row]]:
        self.asked.append("skill gap")
        return await self._database.fetch_skill_gap(from_code, to_code, domain)

    async def build_id(self) -> str:
        self.asked.append("build id")
        return await self._database.build_id()

    async def close(self) -> None:
        await self._database.close()


@contextmanager
def recorded(
    live: Warehouse, monkeypatch: pytest.MonkeyPatch, **more: str
) -> Iterator[tuple[httpx.Client, list[str]]]:
    made: list[Recording] = []

    def opened(settings: Settings) -> Any:
        made.append(Recording(settings))
        return made[-1]

    monkeypatch.setattr(app, "open_database", opened)
    with served(live.environment() | more) as url, httpx.Client(base_url=url) as client:
        yield client, made[0].asked


def kept_bytes(client: httpx.Client) -> float:
    [line] = [
        line
        for line in client.get("/metrics").text.splitlines()
        if line.startswith("onet_response_cache_bytes ")
    ]
    return float(line.split()[1])


def lasting(answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """All of an answer but what is of one request alone."""
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in ("date", "x-request-id")
    }
    return answer.status_code, answer.content, headers


@pytest.mark.parametrize("path", KEPT)
def test_what_is_asked_again_is_the_same_and_is_not_made_again(
    live: Warehouse, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    live.publish(Edition(1))
    with recorded(live, monkeypatch) as (client, asked):
        first = client.get(path)
        etag = {"If-None-Match": first.headers["etag"]}
        asked.clear()
        again = client.get(path)
        assert lasting(again) == lasting(first)
        assert again.headers["x-request-id"] != first.headers["x-request-id"]
        seen = [lasting(client.head(path)), lasting(client.get(path, headers=etag))]
        assert set(asked) == {"build id"}
        assert kept_bytes(client) > len(first.content)
    with recorded(live, monkeypatch, API_CACHE_BYTES="0") as (client, asked):
        assert lasting(client.get(path)) == lasting(client.get(path)) == lasting(first)
        assert [lasting(client.head(path)), lasting(client.get(path, headers=etag))] == seen


def test_it_is_of_the_publication_that_is_there_now(
    live: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.publish(Edition(1))
    with recorded(live, monkeypatch) as (client, _):
        for number in range(2, 5):
            old = [client.get(path).headers["etag"] for path in KEPT]
            live.publish(Edition(number))
            for path, etag in zip(KEPT, old, strict=True):
                answer = client.get(path, headers={"If-None-Match": etag})
                assert (answer.status_code, Edition(number).build_id in answer.text) == (
                    200,
                    True,
                ), path
        # there, what is open stays: test_damaged_publication.py
        if not isinstance(live, SQLiteWarehouse):
            live.unpublish()
            assert client.get(GAP).json()["type"] == "/problems/no-publication"


def test_answers_differ_by_what_was_asked_and_accepted(
    live: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.publish(Edition(1))
    with recorded(live, monkeypatch) as (client, _):
        for _ in range(2):
            assert client.get(GAP).headers["content-type"] == "application/json"
            assert (
                client.get(GAP, headers={"Accept": "text/csv"})
                .headers["content-type"]
                .startswith("text/csv")
            )
            assert client.get(GAP, headers={"Accept": "text/html"}).status_code == 406
            assert client.get(f"{GAP}&definition=higher").json()["definition"] == "higher"
            assert (
                client.post(f"/skill-gap?to={TO}", json={"profile": {"9.A.1": 0}}).json()["to"][
                    "code"
                ]
                == TO
            )
            assert client.get("/", headers={"Accept": "text/html"}).text.startswith(
                "<!doctype html>"
            )
            assert client.get("/").json()["service"]


def test_errors_titles_and_states_are_made_each_time(
    live: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.publish(Edition(1))
    with recorded(live, monkeypatch) as (client, asked):
        for path in (
            "/skill-gap?from=99-9999&to=11-1011",
            "/skill-gap?from=Chief%20Executives&to=11-3013",
            "/health/ready",
        ):
            client.get(path)  # the first of a build reads all occupations
            asked.clear()
            client.get(path)
            made = list(asked)
            asked.clear()
            client.get(path)
            assert asked == made, path
            asked.clear()
        assert kept_bytes(client) == 0


def test_the_least_recently_used_leave_first(
    live: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.publish(Edition(1))
    bound = 20_000
    with recorded(live, monkeypatch, API_CACHE_BYTES=str(bound)) as (client, asked):
        client.get(GAP)
        asked.clear()
        for number in range(1, 40):
            client.get(f"/occupations?limit={number}")
            client.get(GAP)
            assert 0 < kept_bytes(client) <= bound
        assert asked.count("build id") == 39  # the one that is asked all the time stayed
        asked.clear()
        client.get("/occupations?limit=1")
        assert asked != ["build id"]


def test_one_that_is_larger_than_all_room_is_answered_and_not_kept(
    live: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.publish(Edition(1))
    with recorded(live, monkeypatch, API_CACHE_BYTES="500") as (client, _):
        assert client.get(GAP).content == client.get(GAP).content
        assert kept_bytes(client) == 0


def test_where_there_are_keys_nothing_is_kept(
    live: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.publish(Edition(1))
    with recorded(live, monkeypatch, API_KEYS="a-key-of-sixteen-letters") as (client, asked):
        client.get(GAP, headers={"X-API-Key": "a-key-of-sixteen-letters"})
        asked.clear()
        for _ in range(2):
            assert (
                client.get(GAP, headers={"X-API-Key": "a-key-of-sixteen-letters"}).status_code
                == 200
            )
            assert client.get(GAP).status_code == 401
        assert "build id" not in asked

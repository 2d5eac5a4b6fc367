"""What the service keeps has a bound, whatever is asked of it: statements, answers, headers,
figures."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import httpx2 as httpx
import pytest

import api
import api.app
from api import responses
from api.database import Database, Params, Record, Row, Statement, open_database, sqlite
from api.database.base import MAX_STATEMENTS
from api.queries.skill_gap import SKILL_GAP
from api.settings import Settings
from tests.support.live_warehouse import FROM, TO, Asked, Edition, Warehouse, served

RATED = [f"9.{letter}.{number}" for letter in "ABC" for number in range(100)]


class Recorder:
    """A database that notes the texts of the statements that it is given."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.usage = database.usage
        self.statements: set[str] = set()

    async def fetch(self, statement: str, params: Params, *, is_long: bool = False) -> list[Record]:
        [rows] = await self.fetch_together([(statement, params)], is_long=is_long)
        return rows

    async def fetch_together(
        self, statements: Sequence[Statement], *, is_long: bool = False
    ) -> list[list[Record]]:
        self.statements |= {statement for statement, _ in statements}
        return await self.database.fetch_together(statements, is_long=is_long)

    async def fetch_skill_gap(
        self, from_code: str, to_code: str, domain: str
    ) -> tuple[str, list[Row]]:
        self.statements.add(SKILL_GAP)
        return await self.database.fetch_skill_gap(from_code, to_code, domain)

    async def build_id(self) -> str:
        return await self.database.build_id()

    async def close(self) -> None:
        await self.database.close()


@pytest.fixture
def recorder(live: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """What the next server over the warehouse reads."""
    live.publish(Edition())
    made = Recorder(open_database(settings(live)))
    monkeypatch.setattr(api.app, "open_database", lambda _: made)
    return made


@pytest.fixture
def client(live: Warehouse, recorder: Recorder) -> Iterator[httpx.Client]:
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        yield client


def settings(live: Warehouse) -> Settings:
    return Settings(**{name.lower(): value for name, value in live.environment().items()})  # type: ignore[arg-type]


def test_profiles_of_every_size_are_one_statement(client: httpx.Client, recorder: Recorder) -> None:
    for size in (1, 2, 7, 50, 290):
        answer = client.post(
            f"/skill-gap?to={TO}", json={"profile": dict.fromkeys(RATED[1 : 1 + size], 1.25)}
        )
        assert answer.status_code == (200 if size <= 3 else 422), answer.text
    assert len([statement for statement in recorder.statements if "profile_gap" in statement]) == 1
    assert len(recorder.statements) <= 2  # and the one that finds out which elements there are not


def test_the_service_has_a_bounded_number_of_statements(
    client: httpx.Client, recorder: Recorder
) -> None:
    """All that the parameters allow, on the way that a request takes."""
    for domain in ("skills", "knowledge", "abilities", "work_activities"):
        client.get(f"/compare?from={FROM}&to={TO}&domain={domain}")
        client.get(f"/skill-gap?from={FROM}&to=15-1252.00&domain={domain}")
        for definition in ("missing", "newly_relevant", "higher"):
            for narrowing in (
                "",
                "&min_importance=3",
                "&significant=true",
                "&min_importance=3&significant=true",
                "&levels=llm",
            ):
                asked = f"to={TO}&domain={domain}&definition={definition}{narrowing}"
                client.get(
                    f"/skill-gap?from={FROM}&{asked}&explain={str('llm' not in asked).lower()}"
                )
                client.post(
                    f"/skill-gap?{asked.removesuffix('&levels=llm')}",
                    json={"profile": {"9.A.1": 1}},
                )
        client.post(f"/skill-gaps?domain={domain}", json={"from": FROM})
        client.post(f"/skill-gaps?domain={domain}", json={"pairs": [{"from": FROM, "to": TO}]})
    for path in (
        "occupations?q=a",
        "occupations?q=a.b",
        "occupations",
        f"occupations/{TO}",
        f"occupations/{TO}/transitions",
    ):
        client.get(f"/{path}")
    client.get(f"/occupations/{TO}/transitions?max_job_zone_step=1")
    for narrowing in ("", "&hot=true", "&in_demand=true", "&hot=true&in_demand=true"):
        client.get(f"/technology-gap?from={FROM}&to={TO}{narrowing}")
    for path in (
        "publication",
        "",
        "health/ready",
        "occupations/99-9999.00",
        f"skill-gap?from=nobody&to={TO}",
    ):
        client.get(f"/{path}")
    assert 50 < len(recorder.statements) < 128


def test_an_engine_keeps_no_more_statements_than_it_may(live: Warehouse) -> None:
    live.publish(Edition())
    with Asked(live.environment()) as asked:
        for number in range(MAX_STATEMENTS + 50):
            statement = f"select {number}, build_id from {{name}}.current_publication"
            assert asked.fetch(statement, {})[0][0] == number
        database: Any = asked.database
        kept = database._adapt if hasattr(database, "_adapt") else sqlite._adapt
        assert kept.cache_info().currsize == MAX_STATEMENTS


def is_closed(kind: Any) -> bool:
    """Whether a type has a handful of values."""
    if kind in (bool, type(None)):
        return True
    return get_origin(kind) is Literal or (
        bool(get_args(kind)) and all(map(is_closed, get_args(kind)))
    )


def test_every_cache_of_the_service_has_a_bound() -> None:
    """In its size, or in what it can be asked for."""
    seen = 0
    for module in [
        importlib.import_module(f"api.{each.name}")
        for each in pkgutil.walk_packages(api.__path__)
        if each.name != "__main__"
    ]:
        for name, value in vars(module).items():
            if hasattr(value, "cache_parameters"):
                seen += 1
                hints = {
                    key: hint
                    for key, hint in get_type_hints(inspect.unwrap(value)).items()
                    if key != "return"
                }
                assert value.cache_parameters()["maxsize"] or all(map(is_closed, hints.values())), (
                    f"{module.__name__}.{name}"
                )
    assert seen > 5


def test_a_long_header_is_not_remembered(tmp_path: Path) -> None:
    """256 of them, of 100 kB each, would be 25 MB."""
    with served({"WAREHOUSE_DIR": str(tmp_path)}) as url, httpx.Client(base_url=url) as client:
        responses._choose_common_media_type.cache_clear()
        for number in range(20):
            assert (
                client.get(
                    "/", headers={"Accept": f"application/json, a/{number:0300}"}
                ).status_code
                == 200
            )
        assert responses._choose_common_media_type.cache_info().currsize == 0
        client.get("/", headers={"Accept": "application/json"})
        assert responses._choose_common_media_type.cache_info().currsize == 1

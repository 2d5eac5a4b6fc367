"""What the API keeps of a build's occupations: never that of another one, whatever is published
meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

import httpx2 as httpx

from api.database import Database, Params, Record, Row, Statement
from api.occupation_cache import OccupationCache
from api.queries.publication import CURRENT_PUBLICATION
from tests.support.live_warehouse import FROM, TO, Asked, Edition, Warehouse, served

FIRST = Edition(1, wages={FROM: 100_000, TO: 70_000})
SECOND = Edition(2, wages={FROM: 101_000, TO: 80_000})
THIRD = Edition(3)


class PublishesBehind:
    """A database in which another edition is published between the rows of a pair and whatever is
    asked next."""

    def __init__(self, database: Database, live: Warehouse, edition: Edition) -> None:
        self._database, self._live, self._edition = database, live, edition
        self.usage = database.usage
        self.asked: list[int] = []

    def _publish(self, count: int) -> None:
        if not self.asked:
            self._live.publish(self._edition)
        self.asked.append(count)

    async def fetch_together(
        self, statements: Sequence[Statement], *, is_long: bool = False
    ) -> list[list[Record]]:
        found = await self._database.fetch_together(statements, is_long=is_long)
        self._publish(len(statements))
        return found

    async def fetch_skill_gap(
        self, from_code: str, to_code: str, domain: str
    ) -> tuple[str, list[Row]]:
        found = await self._database.fetch_skill_gap(from_code, to_code, domain)
        self._publish(1)
        return found

    async def fetch(self, statement: str, params: Params, *, is_long: bool = False) -> list[Record]:
        return await self._database.fetch(statement, params, is_long=is_long)

    async def build_id(self) -> str:
        return await self._database.build_id()

    async def close(self) -> None:
        await self._database.close()


def test_an_answer_has_the_pay_of_its_own_build(live: Warehouse) -> None:
    live.publish(FIRST)
    with served(live.environment()) as url:

        def change() -> tuple[str, object]:
            body = httpx.get(f"{url}/skill-gap", params={"from": FROM, "to": TO}).json()
            return body["publication"]["build_id"], body["pay"] and (
                body["pay"]["wage_vintage"],
                body["pay"]["median_annual_wage_change"],
            )

        for edition, pay in (
            (FIRST, ("May 2001", -30_000)),
            (SECOND, ("May 2002", -21_000)),
            (THIRD, None),
            (FIRST, ("May 2001", -30_000)),
        ):
            live.publish(edition)
            assert change() == (edition.build_id, pay)


def test_a_publication_between_a_pair_and_its_occupations_mixes_nothing(live: Warehouse) -> None:
    """Asked again, with the occupations in the same snapshot."""
    live.publish(FIRST)
    with Asked(live.environment()) as asked:
        database = PublishesBehind(asked.database, live, SECOND)
        [[row]], build = asked.run(
            OccupationCache(database).fetch_pair([(CURRENT_PUBLICATION, {})])
        )
        assert (row[0], build.build_id) == (SECOND.build_id, SECOND.build_id)
        assert database.asked == [1, 2]
        changed = build.compute_pay_change(FROM, TO)
        assert changed
        assert (changed["wage_vintage"], changed["median_annual_wage_change"]) == (
            "May 2002",
            -21_000,
        )


def test_nor_does_one_between_a_gap_and_its_occupations(live: Warehouse) -> None:
    live.publish(SECOND)
    with Asked(live.environment()) as asked:
        database = PublishesBehind(asked.database, live, THIRD)
        rows, build = asked.run(OccupationCache(database).fetch_skill_gap(FROM, TO, "skills"))
        assert build.build_id == THIRD.build_id
        assert build.occupations[FROM].title.endswith(THIRD.build_id)
        assert len(rows) == 8
        assert all(row[1].endswith(THIRD.build_id) for row in rows)
        assert build.compute_pay_change(FROM, TO) is None

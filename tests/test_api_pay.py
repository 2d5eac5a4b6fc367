"""The pay that the API keeps for a build: never that of another one, whatever is published meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

import httpx2 as httpx

from api.database import Database, Parameters, Row, open_database
from api.labor_queries import PAY_OF_PAIR
from api.pay import KeptPay
from api.queries import PUBLISHED
from api.settings import Settings
from live_warehouse import FROM, TO, Edition, Warehouse, served

FIRST = Edition(1, wages={FROM: 100_000, TO: 70_000})
SECOND = Edition(2, wages={FROM: 101_000, TO: 80_000})
THIRD = Edition(3)


def database_of(live: Warehouse) -> Database:
    return open_database(Settings(**{name.lower(): value for name, value in live.environment().items()}))  # type: ignore[arg-type]


class PublishesBehind:
    """A database in which another edition is published between the rows of a pair and whatever is asked next."""

    def __init__(self, database: Database, live: Warehouse, edition: Edition) -> None:
        self._database, self._live, self._edition = database, live, edition
        self.asked: list[int] = []

    def fetch_together(self, asked: Sequence[tuple[str, Parameters]]) -> list[list[Row]]:
        answers = self._database.fetch_together(asked)
        if not self.asked:
            self._live.publish(self._edition)
        self.asked.append(len(asked))
        return answers

    def fetch(self, statement: str, parameters: Parameters) -> list[Row]:
        return self._database.fetch(statement, parameters)

    def build_id(self) -> str:
        return self._database.build_id()

    def close(self) -> None:
        self._database.close()


def test_an_answer_has_the_pay_of_its_own_build(live: Warehouse) -> None:
    live.publish(FIRST)
    with served(live.environment()) as url:

        def change() -> tuple[str, object]:
            body = httpx.get(f"{url}/skill-gap", params={"from": FROM, "to": TO}).json()
            return body["publication"]["build_id"], body["pay"] and (body["pay"]["wage_vintage"], body["pay"]["median_annual_wage_change"])

        for edition, pay in (
            (FIRST, ("May 2001", -30_000)),
            (SECOND, ("May 2002", -21_000)),
            (THIRD, None),
            (FIRST, ("May 2001", -30_000)),
        ):
            live.publish(edition)
            assert change() == (edition.build_id, pay)


def test_a_publication_between_a_pair_and_its_pay_mixes_nothing(live: Warehouse) -> None:
    live.publish(FIRST)
    database = PublishesBehind(database_of(live), live, SECOND)
    try:
        [[row]], pay = KeptPay(database).fetch_pair([(PUBLISHED, {})], FROM, TO)
        assert pay
        assert (row[0], pay["wage_vintage"], pay["median_annual_wage_change"]) == (SECOND.build_id, "May 2002", -21_000)
        assert database.asked == [1, 2]  # asked again, with the pay in the same snapshot
    finally:
        database.close()


def test_the_pay_of_a_pair_is_one_row_for_each(live: Warehouse) -> None:
    live.publish(FIRST)
    database = database_of(live)
    try:
        rows = database.fetch(PAY_OF_PAIR, {"from_code": FROM, "to_code": TO})
        assert sorted((row[0], row[1], row[3]) for row in rows) == [(FIRST.build_id, FROM, 100_000), (FIRST.build_id, TO, 70_000)]
    finally:
        database.close()

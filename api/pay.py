"""What a move changes in pay, for the answers about a pair.

The pay of all occupations of a build is read once and kept until another build is published: joined to the statement of a pair it would
cost one that was never asked before 10 % and more on either engine (by the CPU time of both ends, interleaved). The rule is that of the
view `occupation_pay`; the tests hold every pair to it.
"""

import threading
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from api.database import Database, Parameters, Row
from api.labor_queries import ALL_PAY, PAY_OF_PAIR, SOURCE

KEPT_BUILDS = 2
"""The one that is live and, while the next takes its place, the one before it."""


class OccupationPay(NamedTuple):
    """PAY_COLUMNS of one occupation."""

    wage_vintage: str | None
    median: int | None
    is_at_least: int | None
    kind: str | None
    source_code: str | None
    outlook_vintage: str | None
    openings: int | None
    openings_kind: str | None


NOTHING = OccupationPay(*(None,) * 8)
Pays = dict[str, OccupationPay]


class KeptPay:
    """The pay of every occupation, by build."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._builds: dict[str, Pays] = {}
        self._lock = threading.Lock()

    def fetch_pair(
        self, asked: Sequence[tuple[str, Parameters]], from_code: str, to_code: str
    ) -> tuple[list[list[Row]], dict[str, Any] | None]:
        """All rows of each statement, the first of which begins with the build id, and the pay of the pair; all of one publication.

        Raises as `Database.fetch` does.
        """
        answers = self._database.fetch_together(asked)
        if not answers[0]:
            return answers, None
        pays = self._of(answers[0][0][0])
        if pays is None:  # another build went live meanwhile: once more, with the pay in the same snapshot
            *answers, rows = self._database.fetch_together([*asked, (PAY_OF_PAIR, {"from_code": from_code, "to_code": to_code})])
            pays = _by_code(rows)
        return answers, _change(pays.get(from_code, NOTHING), pays.get(to_code, NOTHING))

    def _of(self, build_id: str) -> Pays | None:
        """The pay of that build; none where it is not the live one any more, and was not kept."""
        if (kept := self._builds.get(build_id)) is not None:
            return kept
        with self._lock:
            if build_id not in self._builds:
                rows = self._database.fetch(ALL_PAY, {})
                live = rows[0][0] if rows else self._database.build_id()
                builds = {**self._builds, live: _by_code(rows)}
                self._builds = dict(list(builds.items())[-KEPT_BUILDS:])
            return self._builds.get(build_id)


def _by_code(rows: Iterable[Row]) -> Pays:
    return {row[1]: OccupationPay(*row[2:]) for row in rows}


def _change(source: OccupationPay, target: OccupationPay) -> dict[str, Any] | None:
    """The member `pay`; null where no labour-market file is landed."""
    if source.wage_vintage is None and source.outlook_vintage is None:
        return None
    change = None
    if source.median is not None and target.median is not None and not source.is_at_least and source.source_code != target.source_code:
        change = target.median - source.median
    return {
        "source": SOURCE,
        "wage_vintage": source.wage_vintage,
        "from": {"median_annual_wage": source.median, "is_at_least": source.is_at_least, "match_kind": source.kind},
        "to": {"median_annual_wage": target.median, "is_at_least": target.is_at_least, "match_kind": target.kind},
        "median_annual_wage_change": change,
        "is_change_at_least": None if change is None else target.is_at_least,
        "outlook_vintage": target.outlook_vintage,
        "to_annual_openings": target.openings,
        "to_outlook_match_kind": target.openings_kind,
    }

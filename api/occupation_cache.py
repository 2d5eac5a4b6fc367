"""Title, rated domains and pay of every occupation, read once a build: a pair's statement then
joins none of it.

A response is of one build all the same. A pair's rows name theirs; where that is not kept and is
not the live one any more, the pair is asked again, with the occupations in the same snapshot.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from api.database import Database, NoPublicationError, Record, Row, Statement, read_timestamp
from api.pay import OccupationPay, compute_pay_change
from api.queries.occupations import OCCUPATION_CACHE_ROWS
from api.queries.skill_gap import build_skill_gap_query
from api.types import DOMAINS, Domain

MAX_BUILDS = 2
"""The one that is live and, while the next takes its place, the one before it."""


class Occupation(NamedTuple):
    """What the responses about a pair say of one side."""

    title: str
    is_rated: dict[Domain, int]
    is_supplemented: dict[Domain, int]
    pay: OccupationPay


class Build(NamedTuple):
    """One publication, and all of its occupations by code."""

    build_id: str
    release: str
    publication: dict[str, Any]
    """The member `publication` of a response."""
    occupations: dict[str, Occupation]

    def compute_pay_change(self, from_code: str, to_code: str) -> dict[str, Any] | None:
        """The member `pay` of the response about two of them."""
        return compute_pay_change(self.occupations[from_code].pay, self.occupations[to_code].pay)


class OccupationCache:
    """The last builds that were asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._builds: dict[str, Build] = {}
        self._lock = asyncio.Lock()

    async def fetch_skill_gap(
        self, from_code: str, to_code: str, domain: Domain
    ) -> tuple[list[Row], Build]:
        """Rows of `queries.skill_gap.SKILL_GAP`, and the build that they are of. Raises as
        `Database.fetch` does."""
        build_id, rows = await self._database.fetch_skill_gap(from_code, to_code, domain)
        if build := self._builds.get(build_id) or await self._load_build(build_id):
            return rows, build
        params = {"from_code": from_code, "to_code": to_code, "domain": domain}
        [records], build = await self._fetch_snapshot(
            [(build_skill_gap_query("published"), params)]
        )
        return strip_build_id(records), build

    async def fetch_pair(
        self, statements: Sequence[Statement], *, is_long: bool = False
    ) -> tuple[list[list[Record]], Build]:
        """All rows of each statement, the first of which begins with the build id, and that build.

        Raises as `Database.fetch` does.
        """
        found = await self._database.fetch_together(statements, is_long=is_long)
        if not found[0]:
            raise NoPublicationError
        build_id = found[0][0].build_id
        if build := self._builds.get(build_id) or await self._load_build(build_id):
            return found, build
        return await self._fetch_snapshot(statements, is_long=is_long)

    async def _fetch_snapshot(
        self, statements: Sequence[Statement], *, is_long: bool = False
    ) -> tuple[list[list[Record]], Build]:
        occupations, *found = await self._database.fetch_together(
            [(OCCUPATION_CACHE_ROWS, {}), *statements], is_long=is_long
        )
        return found, _parse_build(occupations)

    async def _load_build(self, build_id: str) -> Build | None:
        """That build; none where it is not the live one any more, and was not kept."""
        async with self._lock:
            if build_id not in self._builds:
                live = _parse_build(await self._database.fetch(OCCUPATION_CACHE_ROWS, {}))
                builds = {**self._builds, live.build_id: live}
                self._builds = dict(list(builds.items())[-MAX_BUILDS:])
            return self._builds.get(build_id)


def strip_build_id(rows: Sequence[Row]) -> list[Row]:
    """The rows of a statement that begins with the build id and has a row of nulls where it has
    none."""
    return [row[1:] for row in rows if row[1] is not None]


def _parse_build(rows: Sequence[Record]) -> Build:
    """From the rows of OCCUPATION_CACHE_ROWS."""
    if not rows:
        raise NoPublicationError
    first = rows[0]
    publication = {
        "release": first.onet_release,
        "build_id": first.build_id,
        "published_at": read_timestamp(first.published_at),
    }
    occupations = {
        row.occupation_code: _parse_occupation(row)
        for row in rows
        if row.occupation_code is not None
    }
    return Build(first.build_id, first.onet_release, publication, occupations)


def _parse_occupation(row: Record) -> Occupation:
    return Occupation(
        row.title,
        {domain: getattr(row, f"is_rated_{domain}") for domain in DOMAINS},
        {domain: getattr(row, f"is_supplemented_{domain}") for domain in DOMAINS},
        OccupationPay._make(getattr(row, column) for column in OccupationPay._fields),
    )

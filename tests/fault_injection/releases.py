"""Two releases made from the sample that differ in every answer, and what a warehouse that serves
one of them must look like.

Each title ends with the release's number and each level is its own, so that half of one and half of
the other cannot pass for either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.commands import Warehouse
from dbt_onet.pipeline.publish import sqlite as publish_sqlite
from dbt_onet.pipeline.publish.live_files import live_file
from tests.support.release_files import Release, sample_copy

NUMBERS = ("99.1", "99.2")

# One statement, so one moment.
STATE = """
    select publication.onet_release, publication.build_id, whole.*
    from {live}.current_publication as publication
    cross join (
        select count(*) as gaps, sum(from_level) as from_levels, sum(to_level) as to_levels,
            sum(level_gap) as level_gaps,
            sum(case when is_significant = 1 then 1 else 0 end) as significant,
                min(from_occupation_title) as first_title,
            max(to_occupation_title) as last_title, count(distinct to_occupation_title) as titles
        from {live}.skill_gap
    ) as whole
"""


class InvariantViolationError(Exception):
    """What was seen, and must not be."""


@dataclass
class ReleasePair:
    """The two releases, and what each looks like when it is live: learned from a run that nobody
    disturbed."""

    folders: dict[str, Path]
    states: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def learn(self, warehouse: Warehouse) -> None:
        for number, folder in self.folders.items():
            warehouse.land(folder, "--release", number, "--force")
            warehouse.run("dbt", "dbt_onet", "build")
            ((release, _, *whole),) = warehouse.query(STATE)
            if release != number:
                raise InvariantViolationError(
                    f"{number} was landed and built, and {release} is live"
                )
            self.states[number] = tuple(whole)
        if len(set(self.states.values())) < len(NUMBERS):
            raise InvariantViolationError(
                "the two editions look alike: nothing could be told from them"
            )

    def live(self, warehouse: Warehouse) -> tuple[str, str]:
        """Release and build that are live, once it is sure that they are live as a whole."""
        rows = warehouse.query(STATE)
        if len(rows) != 1:
            raise InvariantViolationError(f"{len(rows)} publications are live")
        release, build_id, *whole = rows[0]
        if tuple(whole) != self.states[release]:
            raise InvariantViolationError(
                f"what is live is not {release} as a whole: {whole}, not {self.states[release]}"
            )
        if not warehouse.server and (served := served_state(warehouse)) != comparable(rows[0]):
            raise InvariantViolationError(
                f"the SQLite file is not that of {release}: {served}, not {rows[0]}"
            )
        return str(release), str(build_id)


def served_state(warehouse: Warehouse) -> list[Any]:
    """The same of the file that the API reads on the embedded engine."""
    live = live_file(warehouse.dir / "live")
    if live is None:
        raise InvariantViolationError("nothing is live")
    with closing(publish_sqlite.connect(live.with_suffix(publish_sqlite.SUFFIX))) as served:
        rows = served.execute(STATE.replace("{live}.", "")).fetchall()
    return comparable(rows[0])


def comparable(state: Sequence[Any]) -> list[Any]:
    """Sums of decimals are exact, those of doubles nearly."""
    return [each if isinstance(each, str) else round(float(each), 2) for each in state]


def make_release_pair(folder: Path) -> ReleasePair:
    return ReleasePair(
        {number: _make_release(folder / number, number).folder for number in NUMBERS}
    )


def _make_release(folder: Path, number: str) -> Release:
    release = sample_copy(folder)
    _rewrite(release, "Occupation Data.txt", "Title", lambda title, _: f"{title} {number}")
    _rewrite(
        release,
        "Skills.txt",
        "Data Value",
        lambda value, row: _other_level(value, row, NUMBERS.index(number)),
    )
    return release


def _rewrite(
    release: Release, file: str, column: str, change: Callable[[str, dict[str, str]], str]
) -> None:
    header, *rows = release.lines(file)
    place = header.index(column)
    for row in rows:
        row[place] = change(row[place], dict(zip(header, row, strict=True)))
    release.write(file, [header, *rows])


def _other_level(value: str, row: dict[str, str], step: int) -> str:
    """Levels move a little, within their published bounds; 0, the rule's edge, and importances
    stay."""
    if row["Scale ID"] != "LV" or float(value) == 0 or row["Upper CI Bound"] == "n/a":
        return value
    return f"{min(float(value) + 0.01 * step, float(row['Upper CI Bound'])):.2f}"


def require_error_messages(warehouse: Warehouse) -> None:
    """No package met anything without words for it: there is no traceback in what victims and API
    have said so far."""
    for log in warehouse.dir.parent.glob("*.log"):
        said = log.read_text(encoding="utf-8", errors="replace")
        if "Traceback" in said:
            raise InvariantViolationError(
                f"{log.name}: {said[max(said.index('Traceback') - 200, 0) :][:4000]}"
            )


def rows_of_dead_loads(warehouse: Warehouse, tables: Sequence[str]) -> int:
    """Raw rows of loads that never became complete."""
    dead = "load_id not in (select load_id from {raw}.raw_load where state = 'complete')"
    return sum(
        warehouse.raw(f"select count(*) from {{raw}}.{table} where {dead}")[0][0]
        for table in tables
    )

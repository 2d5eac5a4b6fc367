"""What every response about a pair's gaps is made of. No rule about gaps lives here: flags and
figures come from the view."""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from api.database import Row
from api.occupation_cache import Build
from api.queries.skill_gap import GAP_COLUMNS

COLUMNS = GAP_COLUMNS
FLAGS = {
    name: itemgetter(COLUMNS.index(f"is_{name}"))
    for name in ("missing", "newly_relevant", "higher", "significant")
}
_to_importance = itemgetter(COLUMNS.index("to_importance"))


def narrow_gaps(
    rows: Iterable[Row], definition: str, min_importance: float | None, significant: bool
) -> list[Row]:
    """The rows that a definition flags, and of these the important and significant ones."""
    gaps = list(filter(FLAGS[definition], rows))
    if min_importance is not None:
        gaps = [row for row in gaps if (_to_importance(row) or 0) >= min_importance]
    return list(filter(FLAGS["significant"], gaps)) if significant else gaps


def build_pair_body(
    build: Build,
    sides: Mapping[str, Any],
    chosen: Mapping[str, str],
    supplemented: Mapping[str, int],
    rows: list[Row],
    gaps: Iterable[Row],
) -> dict[str, Any]:
    """The members of a pair's response. `chosen`: domain, definition, levels."""
    return {
        **sides,
        **chosen,
        "supplemented": supplemented,
        "counts": {name: sum(filter(None, map(flag, rows))) for name, flag in FLAGS.items()},
        "pay": build.compute_pay_change(sides["from"]["code"], sides["to"]["code"]),
        "gaps": [dict(zip(COLUMNS, gap, strict=True)) for gap in gaps],
        "publication": build.publication,
    }

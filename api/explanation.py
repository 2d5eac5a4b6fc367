"""`explain=true`: for each figure of a gap, the published rows that it comes from, and the name of the view whose rule made it."""

# ruff: noqa: S608  # what is put into the text here comes from this file's own closed lists, and is never a value

from collections.abc import Iterable, Mapping
from typing import Any

from api.database import Row

_ROW_COLUMNS = ("file", "line", "value", "standard_error", "n", "updated_month")

# Occupation, element, scale, then _ROW_COLUMNS of every published rating of two occupations (which may be the same) in a domain.
# Parameters: from_code, to_code, domain.
PUBLISHED_ROWS = """
select
    rating.occupation_code, rating.element_id, rating.scale_id,
    rating.file_name, rating.line_number, rating.value, rating.standard_error, rating.n, rating.updated_month
from {name}.rating as rating
inner join {name}.occupation_rating as rated
    on rating.occupation_code = rated.occupation_code and rating.element_id = rated.element_id
where rating.occupation_code in (:from_code, :to_code) and rated.domain = :domain
"""

# Which published figures each derived one is made from; the rule itself is the view's, in the schema's documentation.
_LEVELS = ["from_level", "to_level"]
DERIVED: dict[str, list[str]] = dict.fromkeys(
    ("level_gap", "is_missing", "is_newly_relevant", "is_higher", "gap_standard_error", "is_significant", "is_low_precision"), _LEVELS
)
_FIGURES = {"from_level": ("from", "LV"), "to_level": ("to", "LV"), "from_importance": ("from", "IM"), "to_importance": ("to", "IM")}


def by_figure(rows: Iterable[Row], release: str) -> dict[tuple[str, str, str], dict[str, Any]]:
    """(occupation, element, scale) → the published row, as the answer has it."""
    return {
        (code, element, scale): {"release": release, **dict(zip(_ROW_COLUMNS, published, strict=True))} for code, element, scale, *published in rows
    }


def explained(gap: dict[str, Any], codes: Mapping[str, str], published: Mapping[tuple[str, str, str], dict[str, Any]]) -> dict[str, Any]:
    """The gap with `published_rows`: figure → row, null where nothing is published. `codes` are those of `from` and `to`, as far as there are."""
    rows = {
        figure: published.get((codes[side], gap["element_id"], scale)) for figure, (side, scale) in _FIGURES.items() if side in codes
    }
    return {**gap, "published_rows": rows}


def rule(view: str) -> dict[str, Any]:
    """Which view made the derived figures, and from which published ones."""
    return {"view": view, "documentation": f"/schema/#!/model/model.dbt_onet.{view}", "derived": DERIVED}

"""`explain=true`: for each figure of a gap, the published rows that it comes from, and the name of the view whose rule made it."""

# what is put into the text here comes from this file's own closed lists, and is never a value

from collections.abc import Iterable, Mapping
from typing import Any

from api.answers import CSV
from api.database import Record
from api.parameters import invalid_parameters

# Every published rating of two occupations (which may be the same) in a domain. Parameters: from_code, to_code, domain.
PUBLISHED_ROWS = """
select
    rating.occupation_code, rating.element_id, rating.scale_id,
    rating.rating_source, rating.service_release,
    rating.file_name, rating.line_number, rating.value, rating.standard_error, rating.n, rating.updated_month
from {name}.rating as rating
inner join {name}.occupation_rating as rated
    on rating.occupation_code = rated.occupation_code and rating.element_id = rated.element_id
where rating.occupation_code in (:from_code, :to_code) and rated.domain = :domain
"""

# The same of every published level and importance of one occupation. Parameter: code.
ROWS_OF_OCCUPATION = """
select
    rating.occupation_code, rating.element_id, rating.scale_id,
    rating.rating_source, rating.service_release,
    rating.file_name, rating.line_number, rating.value, rating.standard_error, rating.n, rating.updated_month
from {name}.rating as rating
where rating.occupation_code = :code and rating.scale_id in ('LV', 'IM')
"""

_FIGURES = {"from_level": ("from", "LV"), "to_level": ("to", "LV"), "from_importance": ("from", "IM"), "to_importance": ("to", "IM")}

# Which published figures each derived one is made from; the rule itself is the view's, in the schema's documentation.
_LEVELS = ["from_level", "to_level"]
_DERIVED: dict[str, list[str]] = dict.fromkeys(
    ("level_gap", "is_missing", "is_newly_relevant", "is_higher", "gap_standard_error", "is_significant", "is_low_precision"), _LEVELS
) | {"is_supplemented": list(_FIGURES)}


_COMPARED = _DERIVED | dict.fromkeys(("gap_margin", "verdict"), _LEVELS)


def refuse_as_csv(explain: bool, media_type: str) -> None:
    """Raises a 422 problem: rows within rows are nothing for a table."""
    if explain and media_type == CSV:
        raise invalid_parameters([{"parameter": "explain", "detail": "is for JSON; leave it out, or ask for application/json"}])


def members(
    view: str,
    gaps: Iterable[dict[str, Any]],
    codes: Mapping[str, str],
    published: Iterable[Record],
    release: str,
    root_path: str = "",
) -> dict[str, Any]:
    """What an explained answer has in the place of its `gaps`, and beside them.

    Args:
        view: whose rule made the figures; its documentation says how.
        gaps: the gaps as they are answered without explanation.
        codes: the occupations that are `from` and `to`, as far as there are.
        published: rows of PUBLISHED_ROWS.
        release: what they were published in.
        root_path: API_ROOT_PATH.
    """
    rows = {(row.occupation_code, row.element_id, row.scale_id): _published_row(row, release) for row in published}

    def behind(gap: dict[str, Any]) -> dict[str, Any]:
        return {figure: rows.get((codes[side], gap["element_id"], scale)) for figure, (side, scale) in _FIGURES.items() if side in codes}

    derived = _COMPARED if view == "skill_comparison" else _DERIVED
    return {
        "gaps": [{**gap, "published_rows": behind(gap)} for gap in gaps],
        "explanation": {
            "view": view,
            "documentation": f"{root_path}/schema/#!/model/model.dbt_onet.{view}",
            "derived": derived,
        },
    }


def rating_rows(published: Iterable[Record], release: str) -> dict[str, dict[str, Any]]:
    """Element id → the published rows behind its level and its importance, of ROWS_OF_OCCUPATION."""
    rows: dict[str, dict[str, Any]] = {}
    for row in published:
        figure = "level" if row.scale_id == "LV" else "importance"
        rows.setdefault(row.element_id, {"level": None, "importance": None})[figure] = _published_row(row, release)
    return rows


def _published_row(row: Record, release: str | None) -> dict[str, Any]:
    """With the release it is from: the landed one, or the one that the service said it serves."""
    if row.rating_source == "web_services":
        release = None if row.service_release == "unknown" else row.service_release
    return {
        "release": release,
        "source": row.rating_source,
        "file": row.file_name,
        "line": row.line_number,
        "value": row.value,
        "standard_error": row.standard_error,
        "n": row.n,
        "updated_month": row.updated_month,
    }

"""`explain=true`: for each figure of a gap, the published rows that it comes from, and the name of
the view whose rule made it."""

from collections.abc import Iterable, Mapping
from typing import Any

from api.database import Record
from api.responses import CSV
from api.validation import build_parameter_problem

_FIGURES = {
    "from_level": ("from", "LV"),
    "to_level": ("to", "LV"),
    "from_importance": ("from", "IM"),
    "to_importance": ("to", "IM"),
}

# Which published figures each derived one is made from; the rule itself is the view's, in the
# schema's documentation.
_LEVELS = ["from_level", "to_level"]
_DERIVED: dict[str, list[str]] = dict.fromkeys(
    (
        "level_gap",
        "is_missing",
        "is_newly_relevant",
        "is_higher",
        "gap_standard_error",
        "is_significant",
        "is_low_precision",
    ),
    _LEVELS,
) | {"is_supplemented": list(_FIGURES)}


_COMPARISON_DERIVED = _DERIVED | dict.fromkeys(("gap_margin", "verdict"), _LEVELS)


def reject_explain_as_csv(explain: bool, media_type: str) -> None:
    """Raises a 422 problem: rows within rows are nothing for a table."""
    if explain and media_type == CSV:
        raise build_parameter_problem(
            [
                {
                    "parameter": "explain",
                    "detail": "is for JSON; leave it out, or ask for application/json",
                }
            ]
        )


def build_explanation(
    view: str,
    gaps: Iterable[dict[str, Any]],
    codes: Mapping[str, str],
    published: Iterable[Record],
    release: str,
    root_path: str = "",
) -> dict[str, Any]:
    """What an explained response has in the place of its `gaps`, and beside them.

    Args:
        view: whose rule made the figures; its documentation says how.
        gaps: the gaps as they are answered without explanation.
        codes: the occupations that are `from` and `to`, as far as there are.
        published: rows of PUBLISHED_ROWS.
        release: what they were published in.
        root_path: API_ROOT_PATH.
    """
    rows = {
        (row.occupation_code, row.element_id, row.scale_id): _build_published_row(row, release)
        for row in published
    }

    def find_published_rows(gap: dict[str, Any]) -> dict[str, Any]:
        return {
            figure: rows.get((codes[side], gap["element_id"], scale))
            for figure, (side, scale) in _FIGURES.items()
            if side in codes
        }

    derived = _COMPARISON_DERIVED if view == "skill_comparison" else _DERIVED
    return {
        "gaps": [{**gap, "published_rows": find_published_rows(gap)} for gap in gaps],
        "explanation": {
            "view": view,
            "documentation": f"{root_path}/schema/#!/model/model.dbt_onet.{view}",
            "derived": derived,
        },
    }


def build_rating_rows(published: Iterable[Record], release: str) -> dict[str, dict[str, Any]]:
    """Element id → the published rows behind its level and its importance, of
    PUBLISHED_ROWS_OF_OCCUPATION."""
    rows: dict[str, dict[str, Any]] = {}
    for row in published:
        figure = "level" if row.scale_id == "LV" else "importance"
        rows.setdefault(row.element_id, {"level": None, "importance": None})[figure] = (
            _build_published_row(row, release)
        )
    return rows


def _build_published_row(row: Record, release: str | None) -> dict[str, Any]:
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

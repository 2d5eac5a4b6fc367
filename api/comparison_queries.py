"""The SQL text of /compare, in the manner of queries.py: one statement, from published views only."""

# ruff: noqa: S608  # what is put into the text here comes from this project's own closed lists, and is never a value

from typing import Literal, get_args

from api.queries import WORD_COLUMNS

Verdict = Literal["clearly_higher", "too_close_to_tell", "higher_without_error", "met"]

COMPARISON_COLUMNS = (
    "element_id",
    "element_name",
    "element_description",
    "from_level",
    "to_level",
    "level_gap",
    "from_importance",
    "to_importance",
    "is_missing",
    "is_newly_relevant",
    "is_higher",
    "gap_standard_error",
    "gap_margin",
    "is_significant",
    "verdict",
    "is_low_precision",
    "is_supplemented",
    *WORD_COLUMNS,
)

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

# Build id, and COMPARISON_COLUMNS of each element of a pair, largest gap first; one row with nulls where there is none. No row at all:
# nothing is published. Parameters: from_code, to_code, domain.
COMPARISON = f"""
select publication.build_id, {", ".join(f"element.{column}" for column in COMPARISON_COLUMNS)}
from {{name}}.current_publication as publication
left join {{name}}.skill_comparison as element
    on element.from_occupation_code = :from_code and element.to_occupation_code = :to_code and element.domain = :domain
order by element.level_gap desc, element.to_importance desc, element.element_id
"""

"""The SQL text of /compare, one for both engines, in the manner of queries.py: one statement, from published views only."""

# ruff: noqa: S608  # what is put into the text here comes from this project's own closed lists, and is never a value

from functools import cache
from typing import Literal, get_args

from api.queries import WORD_COLUMNS, Domain

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

# Name of a count → which elements of the pair and domain it counts. Verdicts are counted in the answer: a text that a MySQL view
# makes has the server's default collation whatever that of the connection, and comparing it with one of the statement is error 1267.
_COUNTED = {
    "elements": "element_id is not null",
    "missing": "is_missing = 1",
    "newly_relevant": "is_newly_relevant = 1",
    "higher": "is_higher = 1",
    "significant": "is_significant = 1",
}
COUNTS = tuple(_COUNTED)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

# Columns that precede the counts, and these the elements': the same in all rows, so that one row is enough where there is no element.
PAIR_COLUMNS = ("build_id", "onet_release", "published_at", "from_title", "from_is_rated", "to_title", "to_is_rated")


@cache
def comparison(domain: Domain) -> str:
    """PAIR_COLUMNS + COUNTS + COMPARISON_COLUMNS, one row per element, largest gap first; where there is none, one row with nulls for it.

    No row at all: nothing is published. A null title: O*NET does not list that code. Parameters: from_code, to_code, domain.
    """
    sums = ", ".join(f"cast(coalesce(sum(case when {rule} then 1 else 0 end), 0) as signed) as {count}" for count, rule in _COUNTED.items())
    return f"""
with pair as (
    select {", ".join(COMPARISON_COLUMNS)}
    from {{name}}.skill_comparison
    where from_occupation_code = :from_code and to_occupation_code = :to_code and domain = :domain
),

counted as (
    select /*+ NO_MERGE(pair) */ {sums}
    from pair
)

select /*+ NO_MERGE(element) */
    publication.build_id, publication.onet_release, publication.published_at,
    from_occupation.title, from_occupation.is_rated_{domain}, to_occupation.title, to_occupation.is_rated_{domain},
    {", ".join(f"counted.{count}" for count in COUNTS)},
    {", ".join(f"element.{column}" for column in COMPARISON_COLUMNS)}
from {{name}}.current_publication as publication
cross join counted
left join {{name}}.occupation as from_occupation on from_occupation.occupation_code = :from_code
left join {{name}}.occupation as to_occupation on to_occupation.occupation_code = :to_code
left join pair as element on 1 = 1
order by
    element.level_gap is null, element.level_gap desc,
    element.to_importance is null, element.to_importance desc,
    element.element_id is null, element.element_id
"""

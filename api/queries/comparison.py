"""The SQL text of /compare, in the manner of the others: one statement, from published views
only."""

# ruff: noqa: S608
# what is put into a text here comes from this project's own closed lists, and is never a value

from api.schemas.base import list_columns
from api.schemas.comparison import ComparedElement

COMPARISON_COLUMNS = list_columns(ComparedElement)

# Build id, and COMPARISON_COLUMNS of each element of a pair, largest gap first; one row with nulls
# where there is none. No row at all: nothing is published. Parameters: from_code, to_code, domain.
COMPARISON = f"""
select publication.build_id, {", ".join(f"element.{column}" for column in COMPARISON_COLUMNS)}
from {{name}}.current_publication as publication
left join {{name}}.skill_comparison as element
    on element.from_occupation_code = :from_code and element.to_occupation_code = :to_code
        and element.domain = :domain
order by element.level_gap desc, element.to_importance desc, element.element_id
"""

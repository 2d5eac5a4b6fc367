"""SQL text of the technology gap."""

# ruff: noqa: S608
# what is put into the text here comes from this file's own closed lists, and is never a value

from functools import cache

from api.queries.occupations import TECHNOLOGY_COLUMNS


@cache
def build_technology_gap_query(only_hot: bool, only_in_demand: bool) -> str:
    """The pair, the counts, and TECHNOLOGY_COLUMNS, one row per technology: in demand, hot, then by
    name; one with nulls where none is.

    No row at all: nothing is published. A null title: O*NET does not list that code; a count of 0:
    it lists no technology for it. The last three counts are of the pair, before narrowing.
    Parameters: from_code, to_code.
    """
    columns = ", ".join(f"gap.{column}" for column in TECHNOLOGY_COLUMNS)
    narrowing = "1 = 1"
    if only_hot:
        narrowing += " and gap.is_hot_technology = 1"
    if only_in_demand:
        narrowing += " and gap.is_in_demand = 1"
    return f"""
with pair as (
    select {", ".join(TECHNOLOGY_COLUMNS)}
    from {{name}}.technology_gap
    where from_occupation_code = :from_code and to_occupation_code = :to_code
),

counted as (
    select
        count(*) as missing,
        cast(coalesce(sum(is_hot_technology), 0) as signed) as hot_technology,
        cast(coalesce(sum(is_in_demand), 0) as signed) as in_demand
    from pair
)

select
    publication.build_id, publication.onet_release, publication.published_at,
    from_occupation.title as from_title,
    (select count(*) from {{name}}.occupation_technology where occupation_code
        = :from_code) as from_technology_count,
    to_occupation.title as to_title,
    (select count(*) from {{name}}.occupation_technology where occupation_code
        = :to_code) as to_technology_count,
    counted.missing, counted.hot_technology, counted.in_demand,
    {columns}
from {{name}}.current_publication as publication
cross join counted
left join {{name}}.occupation as from_occupation on from_occupation.occupation_code = :from_code
left join {{name}}.occupation as to_occupation on to_occupation.occupation_code = :to_code
left join pair as gap on {narrowing}
order by coalesce(gap.is_in_demand, 0) desc, gap.is_hot_technology desc,
    hex(lower(gap.technology_name)), hex(gap.technology_name)
"""

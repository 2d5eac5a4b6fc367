"""SQL texts of occupations to try in the place of one that is not rated, or not listed."""

# ruff: noqa: S608
# what is put into a text here comes from this project's own closed lists, and is never a value

from functools import cache

from api.types import Subject


@cache
def _select_codes(subject: Subject) -> str:
    """Codes of the occupations with ratings in a domain, or with technologies."""
    if subject == "technologies":
        return "select distinct occupation_code from {name}.occupation_technology"
    return f"select occupation_code from {{name}}.occupation where is_rated_{subject} = 1"


@cache
def build_related_query(subject: Subject) -> str:
    """Code and title of up to five occupations that O*NET publishes as related, nearest first, as
    `subject`. Parameter: code."""
    return f"""
select related_occupation_code as code, related_title as title
from {{name}}.related_occupation
where occupation_code = :code and related_occupation_code in ({_select_codes(subject)})
order by related_index, related_occupation_code
limit 5
"""


@cache
def build_similar_titles_query(subject: Subject) -> str:
    """Code and title of up to five occupations whose names share the most telling words with its
    own, as `_select_codes`.

    The last resort, for the military: O*NET rates none of it, nor publishes occupations related to
    it. Parameter: code.
    """
    return f"""
with own as (
    select distinct own_name.stem, own_stem.weight
    from {{name}}.search_title_stem as own_name
    inner join {{name}}.search_stem as own_stem on own_stem.part = own_name.stem and own_stem.stem
        = own_name.stem
    where own_name.occupation_code = :code and own_name.kind_order < 4
),

shared as (
    select distinct other.occupation_code, own.stem, own.weight
    from own
    cross join {{name}}.search_title_stem as other
    where other.stem = own.stem and other.kind_order < 4
),

added as (
    select occupation_code, cast(sum(weight * weight) as double) as points from shared
        group by occupation_code
),

counted as (
    select occupation_code, max(title_number) as names from {{name}}.search_title
        group by occupation_code
)

select occupation.occupation_code as code, occupation.title
from added
inner join counted on added.occupation_code = counted.occupation_code
inner join {{name}}.occupation as occupation on added.occupation_code = occupation.occupation_code
where occupation.occupation_code <> :code and occupation.occupation_code
    in ({_select_codes(subject)})
order by floor(added.points / sqrt(counted.names)) desc, occupation.occupation_code
limit 5
"""


@cache
def build_same_group_query(subject: Subject | None) -> str:
    """Code and title of up to five other occupations of the same major group, closest group first;
    only those with ratings in a domain, or with technologies, where `subject` says so.

    Groups are the ones that the code itself spells: detailed occupation 11-1011, broad 11-101,
    minor 11-1, major 11-. Parameters: code, detailed, broad, minor, major (each a pattern for LIKE
    made of digits, `-` and `%`).
    """
    if subject == "technologies":
        narrowing = (
            "and occupation_code in (select occupation_code from {name}.occupation_technology)"
        )
    else:
        narrowing = f"and is_rated_{subject} = 1" if subject else ""
    return f"""
select occupation_code as code, title
from {{name}}.occupation
where occupation_code like :major and occupation_code <> :code {narrowing}
order by
    case
        when occupation_code like :detailed then 0
        when occupation_code like :broad then 1
        when occupation_code like :minor then 2
        else 3
    end,
    occupation_code
limit 5
"""

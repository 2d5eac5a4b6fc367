"""SQL text of the gap between a person's profile and an occupation.

A profile is one parameter, `|2.A.1.a=4.50|2.B.3.j=0.00|`, however many elements it has. A text for
each size would be a statement for each size: hundreds that the drivers keep, at the will of whoever
asks.
"""

# ruff: noqa: S608
# what is put into the text here comes from this file's own closed lists, and is never a value

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from api.queries.skill_gap import GAP_COLUMNS
from api.types import Definition, Domain

STATED_POSITION = "instr(:profile, concat('|', element_id, '='))"
STATED_LEVEL = (
    f"cast(substring(:profile, {STATED_POSITION} + char_length(element_id) + 2, 4) as"
    " decimal(5, 2))"
)


def format_profile(profile: Mapping[str, Decimal]) -> str:
    """The parameter `profile`. Levels have one digit and two decimals, as the statement reads
    them."""
    return "|" + "".join(f"{element}={level:.2f}|" for element, level in profile.items())


@cache
def build_profile_gap_query(
    domain: Domain, definition: Definition, at_least_importance: bool, only_significant: bool
) -> str:
    """The target, the counts, and GAP_COLUMNS, one row per gap, largest first; one row with null
    gap columns where none is.

    No row at all: nothing is published. A null title: O*NET does not list that code. Known are the
    elements of the profile that the target is rated on in any domain, compared those in this
    domain, of `elements` in all. Parameters: profile (of `format_profile()`), to_code, domain, and
    min_importance where `at_least_importance`.
    """
    columns = GAP_COLUMNS
    narrowing = f"gap.is_{definition} = 1"
    if at_least_importance:
        narrowing += " and gap.to_importance >= :min_importance"
    if only_significant:
        narrowing += " and gap.is_significant = 1"
    return f"""
with rated as (
    select domain, element_id, case when {STATED_POSITION} > 0 then {STATED_LEVEL}
        end as stated_level
    from {{name}}.occupation_rating
    where occupation_code = :to_code
),

person as (
    select {", ".join(f"gap.{column}" for column in columns)}
    from rated
    inner join {{name}}.profile_gap as gap on rated.element_id = gap.element_id
        and rated.stated_level = gap.from_level
    where rated.domain = :domain and gap.to_occupation_code = :to_code and gap.domain = :domain
),

covered as (
    select
        count(stated_level) as known_elements,
        count(case when domain = :domain then stated_level end) as compared_elements,
        count(case when domain = :domain then element_id end) as elements
    from rated
),

counted as (
    select
        cast(coalesce(sum(is_missing), 0) as signed) as missing,
        cast(coalesce(sum(is_newly_relevant), 0) as signed) as newly_relevant,
        cast(coalesce(sum(is_higher), 0) as signed) as higher,
        cast(coalesce(sum(is_significant), 0) as signed) as significant
    from person
)

select
    publication.build_id, publication.onet_release, publication.published_at,
    occupation.title, occupation.is_rated_{domain} as is_rated,
    covered.known_elements, covered.compared_elements, covered.elements,
    counted.missing, counted.newly_relevant, counted.higher, counted.significant,
    {", ".join(f"gap.{column}" for column in columns)}
from {{name}}.current_publication as publication
cross join covered
cross join counted
left join {{name}}.occupation as occupation on occupation.occupation_code = :to_code
left join person as gap on {narrowing}
order by
    gap.level_gap is null, gap.level_gap desc,
    gap.to_importance is null, gap.to_importance desc,
    gap.element_id is null, gap.element_id
"""


# Every element that the target is rated on. Parameter: to_code.
RATED_ELEMENTS = "select element_id from {name}.occupation_rating where occupation_code = :to_code"

"""SQL text of the gap between a person's profile and an occupation."""

# ruff: noqa: S608  # what is put into the text here comes from this file's own closed lists, and is never a value

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from api.queries import GAP_COLUMNS, WORD_COLUMNS, Definition, Domain

# Columns that precede the gap's in each row: the same in all rows, so that one row is enough to answer an empty gap.
TARGET_COLUMNS = (
    "build_id",
    "onet_release",
    "published_at",
    "title",
    "is_rated",
    "known_elements",
    "compared_elements",
    "elements",
    "missing",
    "newly_relevant",
    "higher",
    "significant",
)


def _name(kind: str, number: int) -> str:
    """A parameter's name; the statements' placeholders are made of letters."""
    return f"{kind}_{chr(97 + number // 26)}{chr(97 + number % 26)}"


def _stated(size: int) -> str:
    lines = (f"select :{_name('element', i)} as element_id, cast(:{_name('level', i)} as decimal(5, 2)) as level" for i in range(size))
    return "\n    union all ".join(lines)


def parameters(profile: Sequence[tuple[str, Decimal]]) -> dict[str, object]:
    """Element and level of each entry, under the names that the statements have for them."""
    stated: dict[str, object] = {}
    for number, (element, level) in enumerate(profile):
        stated |= {_name("element", number): element, _name("level", number): level}
    return stated


@lru_cache(maxsize=64)
def profile_gap(size: int, domain: Domain, definition: Definition, at_least_importance: bool, only_significant: bool) -> str:
    """TARGET_COLUMNS + GAP_COLUMNS + WORD_COLUMNS, one row per gap, largest first; one row with null gap columns where there is none.

    No row at all: nothing is published. A null title: O*NET does not list that code. Known are the elements of the profile that the target
    is rated on in any domain, compared those in this domain, of `elements` in all. Parameters: those of `parameters()` for a profile of
    that size, to_code, domain, and min_importance where `at_least_importance`.
    """
    columns = GAP_COLUMNS + WORD_COLUMNS
    narrowing = f"gap.is_{definition} = 1"
    if at_least_importance:
        narrowing += " and gap.to_importance >= :min_importance"
    if only_significant:
        narrowing += " and gap.is_significant = 1"
    return f"""
with stated as (
    {_stated(size)}
),

person as (
    select {", ".join(f"gap.{column}" for column in columns)}
    from stated
    inner join {{name}}.profile_gap as gap on stated.element_id = gap.element_id and stated.level = gap.from_level
    where gap.to_occupation_code = :to_code and gap.domain = :domain
),

covered as (
    select
        count(stated.element_id) as known_elements,
        count(case when rated.domain = :domain then stated.element_id end) as compared_elements,
        count(case when rated.domain = :domain then rated.element_id end) as elements
    from {{name}}.occupation_rating as rated
    left join stated on rated.element_id = stated.element_id
    where rated.occupation_code = :to_code
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
    occupation.title, occupation.is_rated_{domain},
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


@lru_cache(maxsize=64)
def unknown(size: int) -> str:
    """The elements of a profile of that size that the target is not rated on. Parameters: those of `parameters()`, and to_code."""
    return f"""
with stated as (
    {_stated(size)}
)

select stated.element_id
from stated
left join {{name}}.occupation_rating as rated on stated.element_id = rated.element_id and rated.occupation_code = :to_code
where rated.element_id is null
order by stated.element_id
"""

"""SQL texts of a pair's gap.

Every text of this folder is one statement over the views of `{name}`, so its response comes from
one snapshot. Parameters are written `:like_this`; `database` puts each driver's own placeholders
and the warehouse's name in. No function touches a code column of `skill_gap` and no LIMIT or window
is put inside it: on MySQL each of these turns half a millisecond into tens, or into a minute.
"""

# ruff: noqa: S608
# what is put into a text here comes from this project's own closed lists, and is never a value

from functools import cache

from api.schemas.base import list_columns
from api.schemas.skill_gap import ComparedLevels
from api.types import Domain, Levels

GAP_COLUMNS = list_columns(ComparedLevels)


# What is null comes last: it is the least of all to both engines, and the order a falling one.
_ORDER = "gap.level_gap desc, gap.to_importance desc, gap.element_id"
_GAP = ", ".join(f"gap.{column}" for column in GAP_COLUMNS)

# GAP_COLUMNS of a pair that any definition flags, largest first. Parameters: from_code, to_code,
# domain.
SKILL_GAP = f"""
select {_GAP}
from {{name}}.skill_gap as gap
where gap.from_occupation_code = :from_code and gap.to_occupation_code = :to_code and gap.domain
    = :domain
order by {_ORDER}
"""


@cache
def build_skill_gap_query(levels: Levels) -> str:
    """Build id, and the columns of SKILL_GAP, of one pair; one row with nulls where it has no gap.

    No row at all: nothing is published. Parameters: from_code, to_code, domain.
    """
    return f"""
select publication.build_id, {_GAP}
from {{name}}.current_publication as publication
left join {{name}}.{"skill_gap" if levels == "published" else "llm_skill_gap"} as gap
    on gap.from_occupation_code = :from_code and gap.to_occupation_code = :to_code and gap.domain
        = :domain
order by {_ORDER}
"""


def build_skill_gaps_query(count: int) -> str:
    """Place of the pair, build id, and the columns of SKILL_GAP, of so many pairs; one row with
    nulls for a pair without a gap.

    No row at all: nothing is published. Parameters: from_code_0, to_code_0, domain_0, from_code_1 …
    """
    pairs = " union all ".join(
        f"select {number} as place, :from_code_{number} as from_code, :to_code_{number} as to_code,"
        f" :domain_{number} as domain"
        for number in range(count)
    )
    return f"""
select pair.place, publication.build_id, {_GAP}
from {{name}}.current_publication as publication
cross join ({pairs}) as pair
left join {{name}}.skill_gap as gap
    on gap.from_occupation_code = pair.from_code and gap.to_occupation_code = pair.to_code
        and gap.domain = pair.domain
order by pair.place, {_ORDER}
"""


def _select_gaps(pair: str) -> str:
    return f"""
with {pair}

select pair.from_code, pair.to_code, {_GAP}
from pair
cross join {{name}}.skill_gap as gap
where gap.from_occupation_code = pair.from_code and gap.to_occupation_code = pair.to_code
    and gap.domain = :domain
order by {_ORDER}
"""


# Source, target, and the columns of SKILL_GAP, of many pairs, each once; a pair without a gap has
# no row. Parameters: domain, count (of pairs), codes (source and target of each, one after the
# other: a code has 10 characters). They are cut out where a row of `pair` is made: where they are
# compared, it would be done over and over.
SKILL_GAPS = _select_gaps("""recursive pair (place, from_code, to_code) as (
    select 1, substr(:codes, 1, 10), substr(:codes, 11, 10)
    union all
    select place + 1, substr(:codes, place * 20 + 1, 10), substr(:codes, place * 20 + 11, 10)
    from pair
    where place < :count
)""")


@cache
def build_skill_gaps_from_query(domain: Domain) -> str:
    """The columns of SKILL_GAPS, from one source to all others rated in the domain.

    Parameters: domain, from_code.
    """
    return _select_gaps(f"""pair as (
    select :from_code as from_code, occupation_code as to_code
    from {{name}}.occupation
    where is_rated_{domain} = 1 and occupation_code <> :from_code
)""")


# Occupation, model, prompt version, number of elements, of those of two occupations that a model
# has scored. Parameters: from_code, to_code, domain.
SCORED_PAIR = """
select scored.occupation_code, scored.model, scored.prompt_version, scored.element_count
from {name}.llm_occupation as scored
where scored.occupation_code in (:from_code, :to_code) and scored.domain = :domain
"""

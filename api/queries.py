"""SQL texts, one for both engines: gaps, publication, neighbours. These, and those in the *_queries.py beside this file, select from the
views of `{name}` and nothing else.

Every text is one statement, so its answer comes from one snapshot. Parameters are written `:like_this`; `database` puts each
driver's own placeholders and the warehouse's name in. No function touches a code column of `skill_gap` and no LIMIT or window is
put inside it: on MySQL each of these turns half a millisecond into tens, or into a minute.
"""

# ruff: noqa: S608  # what is put into a text here comes from this file's own closed lists, and is never a value

from functools import cache
from typing import Literal

Domain = Literal["skills", "knowledge", "abilities", "work_activities"]
Definition = Literal["missing", "newly_relevant", "higher"]
Levels = Literal["published", "llm"]

Having = Domain | Literal["technologies"]

DOMAINS: tuple[Domain, ...] = ("skills", "knowledge", "abilities", "work_activities")

GAP_COLUMNS = (
    "element_id",
    "element_name",
    "from_level",
    "to_level",
    "level_gap",
    "from_importance",
    "to_importance",
    "is_missing",
    "is_newly_relevant",
    "is_higher",
    "gap_standard_error",
    "is_significant",
    "is_low_precision",
    "is_supplemented",
)

# The gap in words; the last columns of each row of `skill_gap()`.
WORD_COLUMNS = ("group_name", "from_anchor_level", "from_anchor", "to_anchor_level", "to_anchor")

# What is null comes last: it is the least of all to both engines, and the order a falling one.
_ORDER = "gap.level_gap desc, gap.to_importance desc, gap.element_id"
_GAP = ", ".join(f"gap.{column}" for column in GAP_COLUMNS + WORD_COLUMNS)

# GAP_COLUMNS + WORD_COLUMNS of a pair that any definition flags, largest first. Parameters: from_code, to_code, domain.
SKILL_GAP = f"""
select {_GAP}
from {{name}}.skill_gap as gap
where gap.from_occupation_code = :from_code and gap.to_occupation_code = :to_code and gap.domain = :domain
order by {_ORDER}
"""


@cache
def skill_gap(levels: Levels) -> str:
    """Build id, and the columns of SKILL_GAP, of one pair; one row with nulls where it has no gap.

    No row at all: nothing is published. Parameters: from_code, to_code, domain.
    """
    return f"""
select publication.build_id, {_GAP}
from {{name}}.current_publication as publication
left join {{name}}.{"skill_gap" if levels == "published" else "llm_skill_gap"} as gap
    on gap.from_occupation_code = :from_code and gap.to_occupation_code = :to_code and gap.domain = :domain
order by {_ORDER}
"""


def skill_gaps(count: int) -> str:
    """Place of the pair, build id, and the columns of SKILL_GAP, of so many pairs; one row with nulls for a pair without a gap.

    No row at all: nothing is published. Parameters: from_code_0, to_code_0, domain_0, from_code_1 …
    """
    pairs = " union all ".join(
        f"select {number} as place, :from_code_{number} as from_code, :to_code_{number} as to_code, :domain_{number} as domain"
        for number in range(count)
    )
    return f"""
select pair.place, publication.build_id, {_GAP}
from {{name}}.current_publication as publication
cross join ({pairs}) as pair
left join {{name}}.skill_gap as gap
    on gap.from_occupation_code = pair.from_code and gap.to_occupation_code = pair.to_code and gap.domain = pair.domain
order by pair.place, {_ORDER}
"""


def _gaps_of(pair: str) -> str:
    return f"""
with {pair}

select pair.from_code, pair.to_code, {_GAP}
from pair
cross join {{name}}.skill_gap as gap
where gap.from_occupation_code = pair.from_code and gap.to_occupation_code = pair.to_code
    and gap.domain = :domain
order by {_ORDER}
"""


# Source, target, and the columns of SKILL_GAP, of many pairs, each once; a pair without a gap has no
# row. Parameters: domain, count (of pairs), codes (source and target of each, one after the other: a
# code has 10 characters). They are cut out where a row of `pair` is made: where they are compared, it
# would be done over and over.
SKILL_GAPS = _gaps_of("""recursive pair (place, from_code, to_code) as (
    select 1, substr(:codes, 1, 10), substr(:codes, 11, 10)
    union all
    select place + 1, substr(:codes, place * 20 + 1, 10), substr(:codes, place * 20 + 11, 10)
    from pair
    where place < :count
)""")


@cache
def skill_gaps_from(domain: Domain) -> str:
    """The columns of SKILL_GAPS, from one source to all others rated in the domain.

    Parameters: domain, from_code.
    """
    return _gaps_of(f"""pair as (
    select :from_code as from_code, occupation_code as to_code
    from {{name}}.occupation
    where is_rated_{domain} = 1 and occupation_code <> :from_code
)""")


# Occupation, model, prompt version, number of elements, of those of two occupations that a model has scored.
# Parameters: from_code, to_code, domain.
SCORED_PAIR = """
select scored.occupation_code, scored.model, scored.prompt_version, scored.element_count
from {name}.llm_occupation as scored
where scored.occupation_code in (:from_code, :to_code) and scored.domain = :domain
"""


PUBLICATION_COLUMNS = (
    "build_id",
    "onet_release",
    "source",
    "load_id",
    "loaded_at",
    "published_at",
    "file_checksums",
    "landed_row_count",
    "rejected_row_count",
    "occupation_count",
    "rating_count",
    "passed_test_count",
    "warned_test_count",
    "supplemented_rating_count",
    "supplemented_occupation_count",
    "answered_rating_count",
    "not_loaded",
    "transition_domains",
    "taxonomy",
    "service_release",
    "supplemented_at",
)

# PUBLICATION_COLUMNS; one row, or none where nothing is published.
PUBLICATION = f"""
select {", ".join(f"publication.{column}" for column in PUBLICATION_COLUMNS)}
from {{name}}.current_publication as publication
"""

# build_id, onet_release, published_at; one row, or none where nothing is published.
PUBLISHED = """
select publication.build_id, publication.onet_release, publication.published_at
from {name}.current_publication as publication
"""

# JSON array of the subjects that the load lacks, or null; one row, or none where nothing is published.
NOT_LOADED = """
select publication.not_loaded from {name}.current_publication as publication
"""

# build_id; one row, or none where nothing is published. Asked before each answer that was kept, so it asks for nothing else.
BUILD_ID = """
select publication.build_id from {name}.current_publication as publication
"""


@cache
def codes_having(subject: Having) -> str:
    """Codes of the occupations with ratings in a domain, or with technologies."""
    if subject == "technologies":
        return "select distinct occupation_code from {name}.occupation_technology"
    return f"select occupation_code from {{name}}.occupation where is_rated_{subject} = 1"


@cache
def related(subject: Having) -> str:
    """Code and title of up to five occupations that O*NET publishes as related, nearest first, as `having`. Parameter: code."""
    return f"""
select related_occupation_code as code, related_title as title
from {{name}}.related_occupation
where occupation_code = :code and related_occupation_code in ({codes_having(subject)})
order by related_index, related_occupation_code
limit 5
"""


@cache
def alike(subject: Having) -> str:
    """Code and title of up to five occupations whose names share the most telling words with its own, as `codes_having`.

    The last resort, for the military: O*NET rates none of it, nor publishes occupations related to it. Parameter: code.
    """
    return f"""
with own as (
    select distinct own_name.stem, own_stem.weight
    from {{name}}.search_title_stem as own_name
    inner join {{name}}.search_stem as own_stem on own_stem.part = own_name.stem and own_stem.stem = own_name.stem
    where own_name.occupation_code = :code and own_name.kind_order < 4
),

shared as (
    select distinct other.occupation_code, own.stem, own.weight
    from own
    cross join {{name}}.search_title_stem as other
    where other.stem = own.stem and other.kind_order < 4
),

added as (
    select occupation_code, cast(sum(weight * weight) as double) as points from shared group by occupation_code
),

counted as (
    select occupation_code, max(title_number) as names from {{name}}.search_title group by occupation_code
)

select occupation.occupation_code as code, occupation.title
from added
inner join counted on added.occupation_code = counted.occupation_code
inner join {{name}}.occupation as occupation on added.occupation_code = occupation.occupation_code
where occupation.occupation_code <> :code and occupation.occupation_code in ({codes_having(subject)})
order by floor(added.points / sqrt(counted.names)) desc, occupation.occupation_code
limit 5
"""


@cache
def near(having: Having | None) -> str:
    """Code and title of up to five other occupations of the same major group, closest group first; only those with ratings in a domain, or
    with technologies, where `having` says so.

    Groups are the ones that the code itself spells: detailed occupation 11-1011, broad 11-101, minor 11-1, major 11-.
    Parameters: code, detailed, broad, minor, major (each a pattern for LIKE made of digits, `-` and `%`).
    """
    if having == "technologies":
        narrowing = "and occupation_code in (select occupation_code from {name}.occupation_technology)"
    else:
        narrowing = f"and is_rated_{having} = 1" if having else ""
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

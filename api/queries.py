"""SQL texts, one for both engines: gaps, publication, neighbours. These, and those in the *_queries.py beside this file, select from the
views of `{name}` and nothing else.

Every text is one statement, so its answer comes from one snapshot. Parameters are written `:like_this`; database.py puts each
driver's own placeholders and the warehouse's name in. No function touches a code column of `skill_gap` and no LIMIT or window is
put inside it: on MySQL each of these turns half a millisecond into tens, or into a minute. Its hints keep MySQL from planning and reading
a pair twice; to DuckDB they are comments.
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

# Columns that precede the gap's in each row of `skill_gap()`: the same in all rows, so that one row is enough to answer an empty gap.
PAIR_COLUMNS = (
    "build_id",
    "onet_release",
    "published_at",
    "from_title",
    "from_is_rated",
    "to_title",
    "to_is_rated",
    "from_is_supplemented",
    "to_is_supplemented",
    "model",
    "prompt_version",
    "from_element_count",
    "to_element_count",
    "missing",
    "newly_relevant",
    "higher",
    "significant",
)


@cache
def skill_gap(
    domain: Domain, definition: Definition, at_least_importance: bool, only_significant: bool, levels: Levels = "published"
) -> str:
    """PAIR_COLUMNS + GAP_COLUMNS + WORD_COLUMNS, one row per gap, largest first; one row with null gap columns where there is none.

    No row at all: nothing is published. A null title: O*NET does not list that code. Counts are of the pair and domain, before narrowing.
    A side is rated where it has levels of the kind that is asked for; model to to_element_count are null but for a model's levels.
    Parameters: from_code, to_code, domain, and min_importance where `at_least_importance`.
    """
    columns = ", ".join(GAP_COLUMNS + WORD_COLUMNS)
    gap_columns = ", ".join(f"gap.{column}" for column in GAP_COLUMNS + WORD_COLUMNS)
    narrowing = f"gap.is_{definition} = 1"
    if at_least_importance:
        narrowing += " and gap.to_importance >= :min_importance"
    if only_significant:
        narrowing += " and gap.is_significant = 1"
    if levels == "published":
        view, scored = "skill_gap", ""
        sides = [f"{side}_occupation.{column}_{domain}" for column in ("is_rated", "is_supplemented") for side in ("from", "to")]
        model = "null, null, null, null"
    else:
        view = "llm_skill_gap"
        scored = "\n".join(
            f"left join {{name}}.llm_occupation as {side}_scored\n"
            f"    on {side}_scored.occupation_code = :{side}_code and {side}_scored.domain = :domain"
            for side in ("from", "to")
        )
        sides = [f"case when {side}_scored.element_count > 0 then 1 else 0 end" for side in ("from", "to")] + ["0", "0"]
        model = "from_scored.model, from_scored.prompt_version, from_scored.element_count, to_scored.element_count"
    from_is_rated, to_is_rated, *is_supplemented = sides
    return f"""
with pair as (
    select {columns}
    from {{name}}.{view}
    where from_occupation_code = :from_code and to_occupation_code = :to_code and domain = :domain
),

counted as (
    select /*+ NO_MERGE(pair) */
        cast(coalesce(sum(is_missing), 0) as signed) as missing,
        cast(coalesce(sum(is_newly_relevant), 0) as signed) as newly_relevant,
        cast(coalesce(sum(is_higher), 0) as signed) as higher,
        cast(coalesce(sum(is_significant), 0) as signed) as significant
    from pair
)

select /*+ NO_MERGE(gap) */
    publication.build_id, publication.onet_release, publication.published_at,
    from_occupation.title, {from_is_rated}, to_occupation.title, {to_is_rated},
    {", ".join(is_supplemented)},
    {model},
    counted.missing, counted.newly_relevant, counted.higher, counted.significant,
    {gap_columns}
from {{name}}.current_publication as publication
cross join counted
left join {{name}}.occupation as from_occupation on from_occupation.occupation_code = :from_code
left join {{name}}.occupation as to_occupation on to_occupation.occupation_code = :to_code
{scored}
left join pair as gap on {narrowing}
order by
    gap.level_gap is null, gap.level_gap desc,
    gap.to_importance is null, gap.to_importance desc,
    gap.element_id is null, gap.element_id
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
select related_occupation_code, related_title
from {{name}}.related_occupation
where occupation_code = :code and related_occupation_code in ({codes_having(subject)})
order by related_index, related_occupation_code
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
select occupation_code, title
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

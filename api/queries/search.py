"""The text that finds occupations by words. It adds up what the build has worked out (views
`search_*`).

All figures are whole numbers, but for one division and one root, so that every engine gives the
same order. A word finds names by its stem; by stems that begin with it; and where there is neither,
by those that look like it. A name gets the more points the more of what is sought it has, and the
less it has beside that; an occupation those of its best name, and some for how many of its names
match, whether its own title does, and how many work in it.
"""

# ruff: noqa: S608
# what is put into a text here comes from this file's own closed lists, and is never a value

from functools import lru_cache

from api.types import DOMAINS

SELECT_PUBLICATION = "publication.build_id, publication.onet_release, publication.published_at"
SELECT_RATED = ", ".join(
    f"occupation.is_{state}_{domain}" for state in ("rated", "supplemented") for domain in DOMAINS
)

EVERYDAY_LIKENESS = 95
"""Of 100: how good a stem is that an everyday word stands for."""
PREFIX_LIKENESS, PREFIX_LIKENESS_BESIDE_WORD = 90, 60
"""Of 100: how good a stem is that begins with what was typed; the same where that is a stem
itself."""
MIN_LIKENESS, MAX_LIKENESS_SPAN, MAX_SIMILAR_STEMS = 60, 6, 5
"""Of 100: the least likeness of a misspelled stem; how far behind the best; how many."""
UNKNOWN_WEIGHT = 600
"""Of a word that no name has: about that of a rare one."""
MAX_STEM_LENGTH = 25


def _count_equal_letters(a: str, b: str, at_end: bool) -> str:
    """How many letters two words have in common at one end, up to 15."""
    cases = []
    for n in range(15, 0, -1):
        start = (
            (f"char_length({a}) - {n - 1}", f"char_length({b}) - {n - 1}") if at_end else ("1", "1")
        )
        long_enough = (
            f"char_length({a}) >= {n} and char_length({b}) >= {n} and " if at_end or n > 1 else ""
        )
        cases.append(
            f"when {long_enough}substr({a}, {start[0]}, {n}) = substr({b}, {start[1]}, {n})"
            f" then {n}"
        )
    return f"case {' '.join(cases)} else 0 end"


@lru_cache(maxsize=8)  # one for each number of stems
def build_word_search_query(count: int) -> str:
    """The columns of OCCUPATIONS_BY_CODE, of the occupations that match, best first.

    Parameters: limit, offset, and so many stems as `stem_a`, `stem_b` and so on.
    """
    asked = " union all ".join(
        f"select {nth} as nth, :{name} as stem"
        for nth, name in enumerate(name_stem_parameters(count), 1)
    )
    places = " union all ".join(f"select {n} as n" for n in range(1, MAX_STEM_LENGTH + 1))
    return f"""
with asked as ({asked}),

place as ({places}),

known as (
    select asked.nth, found.stem, found.weight, case when found.stem = asked.stem then 100
        else {EVERYDAY_LIKENESS} end as likeness
    from asked
    inner join {{name}}.search_stem as found on found.part = asked.stem and found.is_word = 1
),

begun as (
    select
        asked.nth, found.stem, found.weight,
        case when known.nth is null then {PREFIX_LIKENESS} else {PREFIX_LIKENESS_BESIDE_WORD}
            end as likeness
    from asked
    left join (select distinct nth from known) as known on asked.nth = known.nth
    inner join {{name}}.search_stem as found
        on found.part > asked.stem and found.part <= concat(asked.stem, 'zzzz') and found.is_word
            = 1
    where char_length(asked.stem) >= case when known.nth is null then 2 else 4 end
),

-- A union, which MySQL makes once, and does not plan anew for each use.
spelled as (
    select nth, stem, weight, likeness from known
    union all
    select nth, stem, weight, likeness from begun
),

letters as (
    select distinct asked.nth, asked.stem as asked_stem,
        substr(concat(' ', asked.stem, ' '), place.n, 3) as part
    from asked
    inner join place on place.n <= char_length(asked.stem)
    where char_length(asked.stem) between 4 and {MAX_STEM_LENGTH}
        and asked.nth not in (select nth from spelled)
),

shared as (
    select letters.nth, letters.asked_stem, found.stem, found.weight, count(*) as parts
    from letters
    inner join {{name}}.search_stem as found on found.part = letters.part and found.is_word = 0
    group by letters.nth, letters.asked_stem, found.stem, found.weight
),

compared as (
    select
        shared.*,
        char_length(asked_stem) + char_length(stem) as letters,
        case when char_length(asked_stem) > char_length(stem) then char_length(asked_stem)
            else char_length(stem) end as longer,
        {_count_equal_letters("asked_stem", "stem", at_end=False)}
            + {_count_equal_letters("asked_stem", "stem", at_end=True)} as ends
    from shared
    where parts * 5 >= char_length(asked_stem) + char_length(stem)
),

likened as (
    select
        nth, stem, weight,
        floor((200 * parts * longer + 200 * ends * letters) / (3 * letters * longer))
        - case when substr(asked_stem, 1, 1) = substr(stem, 1, 1) then 0 else 5 end as likeness
    from compared
),

alike as (
    select
        likened.*,
        max(likeness) over (partition by nth) as best,
        row_number() over (partition by nth order by likeness desc, weight, stem) as place
    from likened
    where likeness >= {MIN_LIKENESS}
),

-- A stem that is found in two ways counts by the better one.
expanded as (
    select nth, stem, weight, max(likeness) as likeness
    from (
        select nth, stem, weight, likeness from spelled
        union all
        select nth, stem, weight, likeness from alike where likeness >= best - {MAX_LIKENESS_SPAN}
            and place <= {MAX_SIMILAR_STEMS}
    ) as way
    group by nth, stem, weight
),

weighed as (
    select
        nth, stem, likeness,
        coalesce(max(case when likeness = 100 then weight end) over (partition by nth), min(weight)
            over (partition by nth)) as weight
    from expanded
),

sought as (
    select 100 * (coalesce(sum(weight), 0) + {UNKNOWN_WEIGHT} * ({count} - count(*))) as points
    from (select nth, max(weight) as weight from weighed group by nth) as word
),

named as (
    select
        search_index.occupation_code, search_index.title_number, search_index.kind_order,
        cast(sum(weighed.weight * weighed.likeness) as double) as matched,
        cast(sum(search_index.share * weighed.likeness) as double) / 100000 as coverage
    from weighed
    cross join {{name}}.search_title_stem as search_index
    where search_index.stem = weighed.stem
    group by search_index.occupation_code, search_index.title_number, search_index.kind_order
),

-- A name may have a word in two forms: it has no more than all that is sought for that.
most as (
    select case when max(named.matched) > max(sought.points) then max(sought.points)
        else max(named.matched) end as matched
    from named
    cross join sought
),

measured as (
    select
        named.occupation_code, named.title_number, named.kind_order,
        case when named.matched >= 0.6 * most.matched then 1 else 0 end as counts,
        case when named.matched >= 0.95 * most.matched and named.kind_order < 4 then 1 else 0
            end as is_whole,
        case when named.matched > sought.points then 1.0 else named.matched / sought.points
            end as recall,
        case when named.coverage > 1 then 1.0 when named.kind_order = 1 then sqrt(named.coverage)
            else named.coverage end as coverage
    from named
    cross join most
    cross join sought
),

found as (
    select
        occupation_code,
        max(
            case when counts = 0 then 0 else 10000 * (
                floor(2000 * recall * coverage / (recall + coverage))
                + case kind_order when 1 then 500 when 2 then 450 when 3 then 400 else 200 end
                + case when kind_order = 1 and recall > 0.99 and coverage > 0.99 then 120 else 0 end
            ) + 9999 - title_number end
        ) as best,
        sum(is_whole) as names,
        max(case when kind_order = 1 then recall else 0 end) as own
    from measured
    group by occupation_code
    having max(counts) = 1
),

page as (
    select
        occupation.occupation_code,
        9999 - found.best % 10000 as title_number,
        floor(found.best / 10000) + floor(120.0 * found.names / (found.names + 8))
            + floor(120 * found.own)
        + occupation.search_priority as points,
        count(*) over () as total
    from found
    inner join {{name}}.occupation as occupation on found.occupation_code
        = occupation.occupation_code
    order by points desc, occupation.occupation_code
    limit :limit offset :offset
)

select
    {SELECT_PUBLICATION},
    coalesce(page.total, 0) as total,
    occupation.occupation_code, occupation.title, occupation.job_zone, {SELECT_RATED},
    search_title.title as matched_title, search_title.title_kind,
    publication.not_loaded
from {{name}}.current_publication as publication
left join page on 1 = 1
left join {{name}}.occupation as occupation on page.occupation_code = occupation.occupation_code
left join {{name}}.search_title as search_title
    on page.occupation_code = search_title.occupation_code and page.title_number
        = search_title.title_number
order by page.points desc, page.occupation_code
"""


def name_stem_parameters(count: int) -> list[str]:
    return [f"stem_{letter}" for letter in "abcdef"[:count]]

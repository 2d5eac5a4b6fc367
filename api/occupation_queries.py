"""SQL texts about single occupations: the search, a title's occupation, and the sections of one occupation's answer.

`normalized_title` and `words` are made in dbt; what is compared with them is made here in the same way. No function is put around
`normalized_title` where a title is looked up: it is the first part of a key.
"""

# ruff: noqa: S608  # what is put into a text here comes from this file's own closed lists, and is never a value

import re
import unicodedata

from api import search, search_queries
from api.pay import OccupationPay

_PUBLISHED, _RATED = search_queries.PUBLISHED, search_queries.RATED

PLACES = ("exact", "prefix", "word", "substring", "similar")
TASKS = 10


_NO_WEIGHT = frozenset({"Cc", "Cf", "Mn", "Mc", "Me"})
_NO_WEIGHT_EITHER = frozenset("\u0640\u07fa\u180a\u1cd3\ufe73")


def visible(text: str) -> str:
    """The text without controls, marks of direction, spaces of no width and marks that belong to no letter; blanks are all the same.

    To MySQL's collation these weigh nothing: a title with one of them is the title without it, and alone it is in every title. To DuckDB
    it is not. So nobody asks for them.
    """
    kept = (" " if each.isspace() else each for each in unicodedata.normalize("NFC", text) if each.isspace() or not _weighs_nothing(each))
    return "".join(kept)


def _weighs_nothing(character: str) -> bool:
    return unicodedata.category(character) in _NO_WEIGHT or character in _NO_WEIGHT_EITHER


def searching(sought: str) -> tuple[str, dict[str, object]]:
    """The text that searches for what is sought, and its parameters but for limit and offset."""
    if prefix := search.code_prefix(sought):
        return BY_CODE, {"sought": prefix}
    stems = search.sought_stems(visible(sought)) or [""]
    return search_queries.by_words(len(stems)), dict(zip(search_queries.stem_parameters(len(stems)), stems, strict=True))


def place(title: str, kind: str, sought: str, code: str) -> str:
    """Which of PLACES a match is at."""
    if kind == "code":
        return "exact" if search.plain_code(sought) in (code, code.removesuffix(".00")) else "prefix"
    title, sought = title.lower(), visible(sought.lower())
    if title == sought:
        return "exact"
    if title.startswith(sought):
        return "prefix"
    if words(sought) in words(title):
        return "word"
    return "substring" if sought in title else "similar"


def words(sought: str) -> str:
    """The words of a text: lower case, one blank around each. Of none two blanks, which no title has."""
    return f" {' '.join(re.findall(r'[a-z0-9]+', sought.lower()))} "


# build_id, onet_release, published_at, total found, code, title, job zone, is_rated and is_supplemented per domain, matched title, its
# kind, not_loaded, of one page, best first; one row with a null code where the page is empty. Parameters: limit, offset.
ALL = f"""
with page as (
    select * from {{name}}.occupation order by occupation_code limit :limit offset :offset
)

select
    {_PUBLISHED},
    (select count(*) from {{name}}.occupation) as total,
    occupation.occupation_code, occupation.title, occupation.job_zone, {_RATED}, null as matched_title, null as title_kind,
    publication.not_loaded
from {{name}}.current_publication as publication
left join page as occupation on 1 = 1
order by occupation.occupation_code
"""


# The columns of ALL, of the occupations whose code begins so; the one that is meant by it first. Parameters: limit, offset, sought.
BY_CODE = f"""
with found as (
    select
        occupation_code,
        case when occupation_code = :sought or occupation_code = concat(:sought, '.00') then 0 else 1 end as place,
        count(*) over () as total
    from {{name}}.occupation
    where instr(occupation_code, :sought) = 1
),

page as (
    select * from found order by place, occupation_code limit :limit offset :offset
)

select
    {_PUBLISHED},
    coalesce(page.total, 0) as total,
    occupation.occupation_code, occupation.title, occupation.job_zone, {_RATED},
    occupation.title as matched_title, 'code' as title_kind,
    publication.not_loaded
from {{name}}.current_publication as publication
left join page on 1 = 1
left join {{name}}.occupation as occupation on page.occupation_code = occupation.occupation_code
order by page.place, page.occupation_code
"""


# build_id, onet_release, published_at, code, title, is_rated and is_supplemented per domain, and the columns of OccupationPay, of every
# occupation; one row with a null code where there is none.
EVERY_OCCUPATION = f"""
select
    {_PUBLISHED},
    occupation.occupation_code, occupation.title, {_RATED},
    {", ".join(f"occupation.{column}" for column in OccupationPay._fields)}
from {{name}}.current_publication as publication
left join {{name}}.occupation as occupation on 1 = 1
"""

# build_id, onet_release, published_at, code, title, whether the title is O*NET's own, not_loaded: one row per occupation that
# goes by the title, O*NET's own first; one with a null code where none does. Parameter: sought (in lower case).
TITLED = f"""
select {_PUBLISHED}, occupation.occupation_code, occupation.title, called.is_title, publication.not_loaded
from {{name}}.current_publication as publication
left join {{name}}.occupation_title as called on called.normalized_title = :sought
left join {{name}}.occupation as occupation on called.occupation_code = occupation.occupation_code
order by called.is_title desc, occupation.occupation_code
"""

# code, title, `group` or `older`: the occupations of a SOC group, and those of a code of an older classification, where crosswalks are
# landed. Parameters: prefix (of the group's codes), short and full (the code without and with its suffix).
MEANT_BY_CODE = """
select occupation_code, title, 'group' as kind
from {name}.occupation
where instr(occupation_code, :prefix) = 1
union
select linked.occupation_code, linked.occupation_title, 'older' as kind
from {name}.occupation_code as linked
where linked.code_id in (
    concat('soc2018:', :short), concat('soc2010:', :short),
    concat('onet2010:', :full), concat('onet2009:', :full), concat('onet2006:', :full), concat('onet2000:', :full)
) and linked.occupation_code is not null
order by kind, occupation_code
"""

# build_id, onet_release, published_at, code, title, description, job zone, is_rated and is_supplemented per domain, not_loaded. A null
# code: O*NET does not list it.
# Parameter: code.
OCCUPATION = f"""
select
    {_PUBLISHED},
    occupation.occupation_code, occupation.title, occupation.description, occupation.job_zone, {_RATED},
    publication.not_loaded
from {{name}}.current_publication as publication
left join {{name}}.occupation as occupation on occupation.occupation_code = :code
"""

RATING_COLUMNS = (
    "element_id", "element_name", "group_name", "level", "importance",
    "is_not_relevant", "is_suppress_recommended", "anchor_level", "anchor",
)  # fmt: skip
CHARACTERISTIC_COLUMNS = ("element_id", "element_name", "value", "scale_id", "scale_name", "scale_minimum", "scale_maximum")
EDUCATION_COLUMNS = ("education_level", "description", "percent", "is_typical")
TASK_COLUMNS = ("task_id", "task", "task_type", "importance", "relevance")
TECHNOLOGY_COLUMNS = (
    "technology_name", "is_hot_technology", "is_in_demand",
    "category_code", "category_name", "category_group_code", "category_group_name",
    "commodity_code", "commodity_title", "class_code", "class_title",
)  # fmt: skip


def _section(view: str, columns: tuple[str, ...], order: str, narrowing: str = "") -> str:
    """Rows of a view that belong to one occupation. Parameter: code."""
    return f"select {', '.join(columns)} from {{name}}.{view} where occupation_code = :code {narrowing} order by {order}"


# hex() where a text decides the order: the engines' collations sort differently.
SECTIONS = {
    "ratings": _section("occupation_rating", ("domain", *RATING_COLUMNS), "importance is null, importance desc, level desc, element_id"),
    "characteristics": _section("occupation_characteristic", ("domain", *CHARACTERISTIC_COLUMNS), "value desc, element_id"),
    "education": _section("occupation_education", EDUCATION_COLUMNS, "education_level"),
    "tasks": _section(
        "occupation_task",
        TASK_COLUMNS,
        f"task_type_order, importance is null, importance desc, relevance is null, relevance desc, task_id limit {TASKS}",
    ),
    "technologies": _section(
        "occupation_technology",
        TECHNOLOGY_COLUMNS,
        "coalesce(is_in_demand, 0) desc, is_hot_technology desc, hex(lower(technology_name)), hex(technology_name)",
    ),
    "reported_titles": _section("occupation_title", ("title",), "hex(normalized_title)", "and is_reported = 1"),
    "related_occupations": _section(
        "related_occupation",
        ("related_occupation_code", "related_title", "relatedness_tier", "related_index"),
        "related_index, related_occupation_code",
    ),
}
"""The text of each section of an occupation's response."""

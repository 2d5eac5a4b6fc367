"""SQL texts about single occupations: lists, a title's occupation, and the sections of one
occupation's response.

`normalized_title` is made in dbt; what is compared with it is made in occupation_search.py in the
same way. No function is put around `normalized_title` where a title is looked up: it is the first
part of a key.
"""

# ruff: noqa: S608
# what is put into a text here comes from this project's own closed lists, and is never a value

from api.pay import OccupationPay
from api.queries.search import SELECT_PUBLICATION, SELECT_RATED
from api.schemas.base import list_columns
from api.schemas.occupations import Characteristic, EducationShare, Rating, Task
from api.schemas.technology_gap import Technology

_PUBLICATION, _RATED = SELECT_PUBLICATION, SELECT_RATED
MAX_TASKS = 10


# build_id, onet_release, published_at, total found, code, title, job zone, is_rated and
# is_supplemented per domain, matched title, its kind, not_loaded, of one page, best first; one row
# with a null code where the page is empty. Parameters: limit, offset.
ALL_OCCUPATIONS = f"""
with page as (
    select * from {{name}}.occupation order by occupation_code limit :limit offset :offset
)

select
    {_PUBLICATION},
    (select count(*) from {{name}}.occupation) as total,
    occupation.occupation_code, occupation.title, occupation.job_zone, {_RATED},
        null as matched_title, null as title_kind,
    publication.not_loaded
from {{name}}.current_publication as publication
left join page as occupation on 1 = 1
order by occupation.occupation_code
"""


# The columns of ALL_OCCUPATIONS, of the occupations whose code begins so; the one that is meant by
# it first. Parameters: limit, offset, sought.
OCCUPATIONS_BY_CODE = f"""
with found as (
    select
        occupation_code,
        case when occupation_code = :sought or occupation_code = concat(:sought, '.00') then 0
            else 1 end as place,
        count(*) over () as total
    from {{name}}.occupation
    where instr(occupation_code, :sought) = 1
),

page as (
    select * from found order by place, occupation_code limit :limit offset :offset
)

select
    {_PUBLICATION},
    coalesce(page.total, 0) as total,
    occupation.occupation_code, occupation.title, occupation.job_zone, {_RATED},
    occupation.title as matched_title, 'code' as title_kind,
    publication.not_loaded
from {{name}}.current_publication as publication
left join page on 1 = 1
left join {{name}}.occupation as occupation on page.occupation_code = occupation.occupation_code
order by page.place, page.occupation_code
"""


# build_id, onet_release, published_at, code, title, is_rated and is_supplemented per domain, and
# the columns of OccupationPay, of every occupation; one row with a null code where there is none.
OCCUPATION_CACHE_ROWS = f"""
select
    {_PUBLICATION},
    occupation.occupation_code, occupation.title, {_RATED},
    {", ".join(f"occupation.{column}" for column in OccupationPay._fields)}
from {{name}}.current_publication as publication
left join {{name}}.occupation as occupation on 1 = 1
"""

# build_id, onet_release, published_at, code, title, whether the title is O*NET's own, not_loaded:
# one row per occupation that goes by the title, O*NET's own first; one with a null code where none
# does. Parameter: sought (in lower case).
OCCUPATIONS_BY_TITLE = f"""
select {_PUBLICATION}, occupation.occupation_code, occupation.title, called.is_title,
    publication.not_loaded
from {{name}}.current_publication as publication
left join {{name}}.occupation_title as called on called.normalized_title = :sought
left join {{name}}.occupation as occupation on called.occupation_code = occupation.occupation_code
order by called.is_title desc, occupation.occupation_code
"""

# code, title, `group` or `older`: the occupations of a SOC group, and those of a code of an older
# classification, where crosswalks are landed. Parameters: prefix (of the group's codes), short and
# full (the code without and with its suffix).
OCCUPATIONS_BY_GROUP_CODE = """
select occupation_code, title, 'group' as kind
from {name}.occupation
where instr(occupation_code, :prefix) = 1
union
select linked.occupation_code, linked.occupation_title, 'older' as kind
from {name}.occupation_code as linked
where linked.code_id in (
    concat('soc2018:', :short), concat('soc2010:', :short),
    concat('onet2010:', :full), concat('onet2009:', :full), concat('onet2006:', :full),
        concat('onet2000:', :full)
) and linked.occupation_code is not null
order by kind, occupation_code
"""

# build_id, onet_release, published_at, code, title, description, job zone, is_rated and
# is_supplemented per domain, not_loaded. A null code: O*NET does not list it. Parameter: code.
OCCUPATION = f"""
select
    {_PUBLICATION},
    occupation.occupation_code, occupation.title, occupation.description,
        occupation.job_zone, {_RATED},
    publication.not_loaded
from {{name}}.current_publication as publication
left join {{name}}.occupation as occupation on occupation.occupation_code = :code
"""

RATING_COLUMNS = list_columns(Rating)
CHARACTERISTIC_COLUMNS = list_columns(Characteristic)
EDUCATION_COLUMNS = (*list_columns(EducationShare), "is_typical")
TASK_COLUMNS = list_columns(Task)
TECHNOLOGY_COLUMNS = list_columns(Technology)


def _select_section(view: str, columns: tuple[str, ...], order: str, narrowing: str = "") -> str:
    """Rows of a view that belong to one occupation. Parameter: code."""
    return (
        f"select {', '.join(columns)} from {{name}}.{view} where occupation_code = :code"
        f" {narrowing} order by {order}"
    )


# hex() where a text decides the order: the engines' collations sort differently.
OCCUPATION_SECTIONS = {
    "ratings": _select_section(
        "occupation_rating",
        ("domain", *RATING_COLUMNS),
        "importance is null, importance desc, level desc, element_id",
    ),
    "characteristics": _select_section(
        "occupation_characteristic", ("domain", *CHARACTERISTIC_COLUMNS), "value desc, element_id"
    ),
    "education": _select_section("occupation_education", EDUCATION_COLUMNS, "education_level"),
    "tasks": _select_section(
        "occupation_task",
        TASK_COLUMNS,
        "task_type_order, importance is null, importance desc, relevance is null, relevance desc,"
        f" task_id limit {MAX_TASKS}",
    ),
    "technologies": _select_section(
        "occupation_technology",
        TECHNOLOGY_COLUMNS,
        "coalesce(is_in_demand, 0) desc, is_hot_technology desc, hex(lower(technology_name)),"
        " hex(technology_name)",
    ),
    "reported_titles": _select_section(
        "occupation_title", ("title",), "hex(normalized_title)", "and is_reported = 1"
    ),
    "related_occupations": _select_section(
        "related_occupation",
        ("related_occupation_code", "related_title", "relatedness_tier", "related_index"),
        "related_index, related_occupation_code",
    ),
}
"""The text of each section of an occupation's response."""

"""SQL text of `/occupations/{code}/transitions`."""

# ruff: noqa: S608
# what is put into a text here comes from this project's own closed lists, and is never a value

from functools import cache

from api.schemas.base import list_columns
from api.schemas.transitions import ProfileTransition, Transition
from api.types import Order

ORDER_COLUMNS: dict[Order, str] = {"similarity": "similarity", "likely": "likely_score"}

TARGET_COLUMNS = ("to_occupation_code", "to_occupation_title", "to_job_zone")
TRANSITION_COLUMNS = list_columns(Transition, "to")


@cache
def build_transitions_query(
    order: Order, up_to_job_zone_step: bool, by_pay_change: bool = False
) -> str:
    """The source, TARGET_COLUMNS and TRANSITION_COLUMNS, one row per transition, first of the order
    first; one with nulls where none is.

    No row at all: nothing is published. A null title: O*NET does not list that code. With
    `up_to_job_zone_step` a target whose step is unknown is left out, and with `by_pay_change` one
    whose change in pay is. Parameters: code, limit, max_job_zone_step where `up_to_job_zone_step`,
    min_pay_change where `by_pay_change`.
    """
    columns, by = ", ".join((*TARGET_COLUMNS, *TRANSITION_COLUMNS)), ORDER_COLUMNS[order]
    narrowing = "and job_zone_step <= :max_job_zone_step" if up_to_job_zone_step else ""
    if by_pay_change:
        narrowing += " and median_annual_wage_change >= :min_pay_change"
    if order == "likely":
        narrowing += " and likely_score is not null"
    return f"""
with nearest as (
    select {columns}
    from {{name}}.occupation_transition
    where from_occupation_code = :code {narrowing}
    order by {by} desc, to_occupation_code
    limit :limit
)

select
    publication.build_id, publication.onet_release, publication.published_at,
    occupation.title, occupation.job_zone, occupation.is_rated_skills,
        occupation.is_rated_knowledge,
    occupation.wage_vintage_name, occupation.outlook_vintage_name,
    publication.transition_domains,
    {", ".join(f"nearest.{column}" for column in (*TARGET_COLUMNS, *TRANSITION_COLUMNS))}
from {{name}}.current_publication as publication
left join {{name}}.occupation as occupation on occupation.occupation_code = :code
left join nearest on 1 = 1
order by nearest.{by} desc, nearest.to_occupation_code
"""


# The row's occupation, then code, title and similarity of each other, most similar first; one row
# with nulls where there is none. No row at all: nothing is published. A null title: O*NET does not
# list that code. Parameter: code.
SIMILARITY = """
with matrix_row as (
    select to_occupation_code, to_occupation_title, similarity
    from {name}.similarity_matrix
    where from_occupation_code = :code
)

select
    publication.build_id, publication.onet_release, publication.published_at,
    occupation.title, occupation.is_rated_skills, publication.transition_domains,
    matrix_row.to_occupation_code, matrix_row.to_occupation_title, matrix_row.similarity
from {name}.current_publication as publication
left join {name}.occupation as occupation on occupation.occupation_code = :code
left join matrix_row on 1 = 1
order by matrix_row.similarity desc, matrix_row.to_occupation_code
"""


PROFILE_COLUMNS = list_columns(ProfileTransition, "to")

_FOUR_DECIMALS = "floor(({}) * 10000 + 0.5) / 1e4"  # not 10000: floor() is whole on SQLite


@cache
def build_profile_transitions_query(order: Order) -> str:
    """Of each occupation TARGET_COLUMNS and PROFILE_COLUMNS, one row per occupation, first of the
    order first.

    Similarity is Pearson's correlation of the stated levels and the occupation's, over the elements
    that are stated, as that of two occupations is of their importances. Only occupations that are
    rated on all of these take part. No row at all: nothing is published.
    Parameters: profile (of `profile_text()`), elements (how many it states), limit.
    """
    columns, by = ", ".join((*TARGET_COLUMNS, *PROFILE_COLUMNS)), ORDER_COLUMNS[order]
    similarity = _FOUR_DECIMALS.format("covariance / sqrt(stated_variance * level_variance)")
    shortfall = _FOUR_DECIMALS.format("shortfall / importances")
    met = _FOUR_DECIMALS.format("1 - shortfall / nullif(needs, 0)")
    return f"""
with recursive part as (
    select
        cast('' as char(20)) as element_id,
        cast(null as decimal(5, 2)) as level,
        cast(substring(:profile, 2) as char(8000)) as rest
    union all
    select
        substring(rest, 1, instr(rest, '=') - 1),
        cast(substring(rest, instr(rest, '=') + 1, 4) as decimal(5, 2)),
        substring(rest, instr(rest, '|') + 1)
    from part
    where rest <> ''
),

rated as (
    select
        rating.occupation_code,
        cast(rating.level as double) as level,
        cast(rating.importance as double) as importance,
        cast(part.level as double) as stated
    from {{name}}.occupation_rating as rating
    inner join part on rating.element_id = part.element_id
    where rating.domain in ('skills', 'knowledge')
        and rating.level is not null and rating.importance is not null
),

total as (
    select
        occupation_code,
        count(*) * sum(stated * level) - sum(stated) * sum(level) as covariance,
        count(*) * sum(stated * stated) - sum(stated) * sum(stated) as stated_variance,
        count(*) * sum(level * level) - sum(level) * sum(level) as level_variance,
        sum(case when level > stated then (level - stated) * importance else 0 end) as shortfall,
        sum(importance) as importances,
        sum(importance * level) as needs,
        sum(case when level > stated then 1 else 0 end) as higher
    from rated
    group by occupation_code
    having count(*) = :elements
),

compared as (
    select
        target.occupation_code as to_occupation_code,
        target.occupation_title as to_occupation_title,
        target.job_zone as to_job_zone,
        {similarity} as similarity,
        target.job_term,
        target.job_share as to_job_share,
        {shortfall} as weighted_shortfall,
        {met} as share_of_needs_met,
        cast(total.higher as signed) as higher_element_count
    from total
    inner join {{name}}.transition_target as target on total.occupation_code
        = target.occupation_code
    where total.stated_variance > 0 and total.level_variance > 0
),

scored as (
    select compared.*, {_FOUR_DECIMALS.format("similarity + job_term")} as likely_score
    from compared
),

nearest as (
    select {columns}
    from scored
    where {by} is not null
    order by {by} desc, to_occupation_code
    limit :limit
),

outlook as (
    select max(outlook_vintage_name) as outlook_vintage_name from {{name}}.occupation
)

select
    publication.build_id, publication.onet_release, publication.published_at,
    publication.transition_domains, outlook.outlook_vintage_name,
    {", ".join(f"nearest.{column}" for column in (*TARGET_COLUMNS, *PROFILE_COLUMNS))}
from {{name}}.current_publication as publication
cross join outlook
left join nearest on 1 = 1
order by nearest.{by} desc, nearest.to_occupation_code
"""


# Every element that some occupation is compared on.
COMPARED_ELEMENTS = """
select distinct element_id from {name}.occupation_rating
where domain in ('skills', 'knowledge') and level is not null and importance is not null
"""

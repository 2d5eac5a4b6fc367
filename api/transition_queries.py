"""SQL text of `/occupations/{code}/transitions`."""

# ruff: noqa: S608  # what is put into the text here comes from this file's own closed lists, and is never a value

from functools import cache

# Columns that precede the transition's in each row: the same in all rows, so that one row is enough to answer an empty list.
SOURCE_COLUMNS = (
    "build_id",
    "onet_release",
    "published_at",
    "title",
    "job_zone",
    "is_rated_skills",
    "is_rated_knowledge",
    "transition_domains",
)

TRANSITION_COLUMNS = (
    "to_occupation_code",
    "to_occupation_title",
    "to_job_zone",
    "job_zone_step",
    "similarity",
    "weighted_shortfall",
    "share_of_needs_met",
    "higher_element_count",
    "significant_gap_count",
    "missing_technology_count",
)


@cache
def transitions(up_to_job_zone_step: bool) -> str:
    """SOURCE_COLUMNS + TRANSITION_COLUMNS, one row per transition, most similar first; one with nulls where there is none.

    No row at all: nothing is published. A null title: O*NET does not list that code. With `up_to_job_zone_step` a target whose step is
    unknown is left out. Parameters: code, limit, and max_job_zone_step where `up_to_job_zone_step`.
    """
    columns = ", ".join(TRANSITION_COLUMNS)
    narrowing = "and job_zone_step <= :max_job_zone_step" if up_to_job_zone_step else ""
    return f"""
with nearest as (
    select {columns}
    from {{name}}.occupation_transition
    where from_occupation_code = :code {narrowing}
    order by similarity desc, to_occupation_code
    limit :limit
)

select
    publication.build_id, publication.onet_release, publication.published_at,
    occupation.title, occupation.job_zone, occupation.is_rated_skills, occupation.is_rated_knowledge,
    publication.transition_domains,
    {", ".join(f"nearest.{column}" for column in TRANSITION_COLUMNS)}
from {{name}}.current_publication as publication
left join {{name}}.occupation as occupation on occupation.occupation_code = :code
left join nearest on 1 = 1
order by nearest.similarity desc, nearest.to_occupation_code
"""

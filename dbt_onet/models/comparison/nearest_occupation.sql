-- Of each source the nearest at each job-zone step, so that an answer narrowed to any step still has the nearest of all pairs.
with pair as (
    select one_number as from_number, other_number as to_number, job_zone_step, similarity from {{ ref('occupation_similarity') }}
    union all
    select other_number as from_number, one_number as to_number, -job_zone_step as job_zone_step, similarity from {{ ref('occupation_similarity') }}
),

placed as (
    select pair.*, row_number() over (partition by from_number, job_zone_step order by similarity desc, to_number) as place
    from pair
)

select from_number, to_number, job_zone_step, similarity
from placed
where place <= {{ kept_transitions() }}

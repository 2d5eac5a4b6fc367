-- BLS counts some occupations together. Their jobs are split evenly among those that are compared.
with matched as (
    select profile.occupation_number, outlook.source_code, outlook.employment
    from {{ ref('int_importance_profile') }} as profile
    inner join {{ ref('int_matched_outlook') }} as outlook
        on profile.occupation_code = outlook.occupation_code
    where outlook.is_newest = 1 and outlook.employment is not null
),

counted as (
    select source_code, count(*) as occupation_count
    from matched
    group by source_code
),

shared as (
    select
        matched.occupation_number,
        floor(matched.employment * 1e0 / counted.occupation_count + 0.5) as job_share
    from matched
    inner join counted on matched.source_code = counted.source_code
)

select
    occupation_number,
    {{ to_integer('job_share') }} as job_share,
    -- rounded once, so that all that is reckoned with it is the same on both engines
    {{ to_four_decimals(likely_weights().jobs ~ ' * ln(1 + job_share / 1000e0)') }} as job_term
from shared

select
    target.occupation_code,
    occupation.title as occupation_title,
    occupation.job_zone,
    target.job_share,
    target.job_term
from {{ ref('fct_transition_target') }} as target
inner join {{ ref('dim_occupation') }} as occupation on target.occupation_code
    = occupation.occupation_code

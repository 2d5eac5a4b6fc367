select
    profile.occupation_code,
    jobs.job_share,
    jobs.job_term
from {{ ref('int_importance_profile') }} as profile
left join {{ ref('int_compared_jobs') }} as jobs on profile.occupation_number
    = jobs.occupation_number

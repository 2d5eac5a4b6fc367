select
    profile.occupation_code,
    jobs.job_share,
    jobs.job_term
from {{ ref('importance_profile') }} as profile
left join {{ ref('compared_jobs') }} as jobs on profile.occupation_number = jobs.occupation_number

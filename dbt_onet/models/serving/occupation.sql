select
    occupation_code,
    title,
    description,
    job_zone,
    is_rated_skills,
    is_rated_knowledge,
    is_rated_abilities,
    is_rated_work_activities,
    is_supplemented_skills,
    is_supplemented_knowledge,
    is_supplemented_abilities,
    is_supplemented_work_activities
from {{ ref('dim_occupation') }}

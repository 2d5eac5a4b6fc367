select
    transition.from_occupation_code,
    transition.to_occupation_code,
    occupation.title as to_occupation_title,
    occupation.job_zone as to_job_zone,
    transition.job_zone_step,
    transition.similarity,
    transition.weighted_shortfall,
    transition.share_of_needs_met,
    transition.higher_element_count,
    transition.significant_gap_count,
    transition.missing_technology_count
from {{ ref('fct_occupation_transition') }} as transition
inner join {{ ref('dim_occupation') }} as occupation on transition.to_occupation_code = occupation.occupation_code

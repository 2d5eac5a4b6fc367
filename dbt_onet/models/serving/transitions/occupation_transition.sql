select
    transition.from_occupation_code,
    transition.to_occupation_code,
    occupation.title as to_occupation_title,
    occupation.job_zone as to_job_zone,
    transition.job_zone_step,
    transition.similarity,
    transition.likely_score,
    transition.word_similarity,
    transition.related_index,
    transition.to_job_share,
    transition.weighted_shortfall,
    transition.share_of_needs_met,
    transition.higher_element_count,
    transition.significant_gap_count,
    transition.missing_technology_count,
    pay.to_median_annual_wage,
    pay.to_is_at_least as is_to_median_annual_wage_at_least,
    pay.to_wage_match_kind,
    pay.median_annual_wage_change,
    pay.is_change_at_least as is_median_annual_wage_change_at_least,
    pay.to_annual_openings,
    pay.to_outlook_match_kind
from {{ ref('fct_occupation_transition') }} as transition
inner join {{ ref('dim_occupation') }} as occupation on transition.to_occupation_code
    = occupation.occupation_code
inner join {{ ref('occupation_pay') }} as pay
    on transition.from_occupation_code = pay.from_occupation_code
    and transition.to_occupation_code = pay.to_occupation_code

select
    gap.company_ein,
    gap.target_occupation_code,
    gap.domain,
    gap.element_id,
    gap.element_name,
    gap.target_level,
    gap.people_below,
    gap.people_uncertain,
    gap.people_meeting,
    gap.people_unknown,
    gap.mean_shortfall,
    made_from.onet_release,
    made_from.onet_build_id
from {{ ref('fct_workforce_gap') }} as gap
cross join {{ ref('publication') }} as made_from

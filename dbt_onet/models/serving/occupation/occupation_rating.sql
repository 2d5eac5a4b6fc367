select
    occupation_code,
    domain,
    element_id,
    element_name,
    group_name,
    level,
    importance,
    is_not_relevant,
    is_suppress_recommended,
    anchor_level,
    anchor
from {{ ref('fct_occupation_element') }}

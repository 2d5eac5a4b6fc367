select
    rating.occupation_code,
    rating.domain,
    rating.element_id,
    element.element_name,
    element.group_name,
    rating.level,
    rating.importance,
    rating.is_not_relevant,
    rating.is_suppress_recommended,
    rating.anchor_level,
    rating.anchor
from {{ ref('fct_occupation_element') }} as rating
inner join {{ ref('dim_element') }} as element on rating.element_id = element.element_id

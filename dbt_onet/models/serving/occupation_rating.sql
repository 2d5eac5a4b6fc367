-- Level 0 is in no anchor's range: what is not there needs no example.
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
    level_anchor.anchor_level,
    level_anchor.description as anchor
from {{ ref('fct_occupation_element') }} as rating
inner join {{ ref('dim_element') }} as element on rating.element_id = element.element_id
left join {{ ref('dim_level_anchor') }} as level_anchor
    on rating.element_id = level_anchor.element_id
    and rating.level > level_anchor.above_level
    and rating.level <= level_anchor.up_to_level

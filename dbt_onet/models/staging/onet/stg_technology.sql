-- A technology is filed under a UNSPSC commodity; from 30.3 (`Software Skills.txt`) under an
-- element of the content model instead.
select
    {{ typed('onetsoc_code', 'occupation code') }} as occupation_code,
    {{ typed('example', 'text(150)') }} as technology_name,

    coalesce({{ typed('commodity_code', 'unspsc code') }},
        {{ typed('element_id', 'element id') }}) as category_code,
    coalesce({{ typed('commodity_title', 'text(150)') }},
        {{ typed('element_name', 'text(150)') }}) as category_name,

    {{ typed('hot_technology', 'flag') }} as is_hot_technology,
    {{ typed('in_demand', 'flag') }} as is_in_demand
from {{ source('raw', 'technology_skills') }}
where {{ in_current_load() }}

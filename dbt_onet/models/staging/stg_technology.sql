-- 30.3 calls the file Software Skills; one of its layouts files a technology under an element of the content model instead of a UNSPSC commodity.
select
    {{ typed('onetsoc_code', 'text(10)') }} as occupation_code,
    coalesce({{ typed('example', 'text(150)') }}, {{ typed('workplace_example', 'text(150)') }}) as technology_name,

    coalesce({{ typed('commodity_code', 'text(20)') }}, {{ typed('element_id', 'text(20)') }}) as commodity_code,
    coalesce({{ typed('commodity_title', 'text(150)') }}, {{ typed('element_name', 'text(150)') }}) as commodity_title,

    {{ typed('hot_technology', 'flag') }} as is_hot_technology,
    {{ typed('in_demand', 'flag') }} as is_in_demand
from {{ source('raw', 'technology_skills') }}
where {{ in_current_load() }}

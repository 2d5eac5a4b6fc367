select
    {{ typed('onetsoc_code', 'text(10)') }} as occupation_code,
    {{ typed('related_onetsoc_code', 'text(10)') }} as related_occupation_code,
    {{ typed('relatedness_tier', 'text(50)') }} as relatedness_tier,
    {{ typed('related_index', 'integer') }} as related_index
from {{ source('raw', 'related_occupations') }}
where {{ in_current_load() }}

select
    {{ typed('onetsoc_code', 'occupation code') }} as occupation_code,
    {{ typed('related_onetsoc_code', 'occupation code') }} as related_occupation_code,
    {{ typed('relatedness_tier', 'text(50)') }} as relatedness_tier,
    {{ typed('related_index', 'integer') }} as related_index
from {{ source('raw', 'related_occupations') }}
where {{ in_current_load() }}

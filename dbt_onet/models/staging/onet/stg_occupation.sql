select
    {{ typed('onetsoc_code', 'occupation code') }} as occupation_code,
    {{ typed('title', 'text(150)') }} as title,
    {{ typed('description', 'text(1000)') }} as description
from {{ source('raw', 'occupation_data') }}
where {{ in_current_load() }}

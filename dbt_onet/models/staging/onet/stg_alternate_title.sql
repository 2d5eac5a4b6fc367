select
    {{ typed('onetsoc_code', 'occupation code') }} as occupation_code,
    {{ typed('alternate_title', 'text(250)') }} as title,
    {{ typed('short_title', 'text(150)') }} as short_title
from {{ source('raw', 'alternate_titles') }}
where {{ in_current_load() }}

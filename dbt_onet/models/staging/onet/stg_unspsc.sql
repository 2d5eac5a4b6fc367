select
    {{ typed('commodity_code', 'unspsc code') }} as commodity_code,
    {{ typed('commodity_title', 'text(150)') }} as commodity_title,
    {{ typed('class_code', 'unspsc code') }} as class_code,
    {{ typed('class_title', 'text(150)') }} as class_title
from {{ source('raw', 'unspsc_reference') }}
where {{ in_current_load() }}

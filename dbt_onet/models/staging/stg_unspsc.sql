select
    {{ typed('commodity_code', 'text(20)') }} as commodity_code,
    {{ typed('commodity_title', 'text(150)') }} as commodity_title,
    {{ typed('class_code', 'text(20)') }} as class_code,
    {{ typed('class_title', 'text(150)') }} as class_title
from {{ source('raw', 'unspsc_reference') }}
where {{ in_current_load() }}

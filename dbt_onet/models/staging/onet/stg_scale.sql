select
    {{ typed('scale_id', 'scale id') }} as scale_id,
    {{ typed('scale_name', 'text(50)') }} as scale_name,
    {{ typed('minimum', 'integer') }} as minimum,
    {{ typed('maximum', 'integer') }} as maximum
from {{ source('raw', 'scales_reference') }}
where {{ in_current_load() }}

select
    {{ typed('element_id', 'element id') }} as element_id,
    {{ typed('anchor_value', 'integer') }} as anchor_level,
    {{ typed('anchor_description', 'text(1000)') }} as description
from {{ source('raw', 'level_scale_anchors') }}
where {{ in_current_load() }} and scale_id = 'LV'

select
    {{ typed('element_id', 'element id') }} as element_id,
    {{ typed('element_name', 'text(150)') }} as element_name,
    {{ typed('description', 'optional text(1500)') }} as description
from {{ source('raw', 'content_model_reference') }}
where {{ in_current_load() }}

-- Interests, work values and work styles are rated without a level. The files share these columns
-- in every layout.
{% for file in ['interests', 'work_values', 'work_styles'] %}
select
    {{ typed('onetsoc_code', 'occupation code') }} as occupation_code,
    {{ typed('element_id', 'element id') }} as element_id,
    {{ typed('scale_id', 'scale id') }} as scale_id,
    {{ typed('data_value', 'decimal(5,2)') }} as value
from {{ source('raw', file) }}
where {{ in_current_load() }}
{% if not loop.last %}union all{% endif %}
{% endfor %}

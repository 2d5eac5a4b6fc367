-- The four files that rate a level share one layout.
{% for file in ['skills', 'knowledge', 'abilities', 'work_activities'] %}
select
    {{ typed('onetsoc_code', 'occupation code') }} as occupation_code,
    {{ typed('element_id', 'element id') }} as element_id,
    {{ typed('scale_id', 'scale id') }} as scale_id,

    {{ typed('data_value', 'decimal(5,2)') }} as value,
    {{ typed('n', 'integer') }} as n,
    {{ typed('standard_error', 'decimal(7,4)') }} as standard_error,
    {{ typed('lower_ci_bound', 'decimal(7,4)') }} as lower_bound,
    {{ typed('upper_ci_bound', 'decimal(7,4)') }} as upper_bound,

    {{ typed('recommend_suppress', 'flag') }} as is_suppress_recommended,
    {{ typed('not_relevant', 'flag') }} as is_not_relevant,
    {{ typed('date_updated', 'month') }} as updated_month,
    {{ typed('domain_source', 'text(30)') }} as domain_source,

    {{ published_in() }}
from {{ source('raw', file) }}
where {{ in_current_load() }}
{% if not loop.last %}union all{% endif %}
{% endfor %}

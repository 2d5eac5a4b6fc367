-- What the service calls by the release's own names is typed as the release's rows are; its months
-- are written as their first day.
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
    {{ typed('date_updated', 'first of month') }} as updated_month,
    {{ typed('domain_source', 'text(30)') }} as domain_source,

    {{ typed('service_release', 'text(20)') }} as service_release,
    fetched_at
from {{ source('raw', 'supplement_rating') }}

select
    occupation_code,
    element_id,
    scale_id,
    value,
    n,
    standard_error,
    lower_bound,
    upper_bound,
    is_suppress_recommended,
    is_not_relevant,
    updated_month,
    domain_source,
    file_name,
    line_number,
    rating_source,
    service_release
from {{ ref('int_merged_rating') }}

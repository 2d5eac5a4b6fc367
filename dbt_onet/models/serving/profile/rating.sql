select
    rating.occupation_code,
    rating.element_id,
    rating.scale_id,
    rating.value,
    rating.n,
    rating.standard_error,
    rating.lower_bound,
    rating.upper_bound,
    rating.is_suppress_recommended,
    rating.is_not_relevant,
    rating.updated_month,
    rating.domain_source,
    rating.file_name,
    rating.line_number,
    rating.rating_source,
    rating.service_release
from {{ ref('fct_rating') }} as rating

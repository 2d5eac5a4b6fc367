-- A row without a value says nothing; `typed_as` has made sure that each of them was published as `n/a`.
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
    line_number
from {{ ref('stg_rating') }}
where value is not null

select
    occupation_code,
    related_occupation_code,
    relatedness_tier,
    related_index
from {{ ref('stg_related_occupation') }}

select
    part,
    stem,
    weight
from {{ ref('dim_search_stem') }}

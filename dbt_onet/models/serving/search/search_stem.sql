select
    part,
    stem,
    weight,
    is_word
from {{ ref('dim_search_stem') }}

select
    occupation_code,
    title_number,
    title,
    kind_order
from {{ ref('int_search_phrase') }}

select
    stem,
    occupation_code,
    title_number,
    kind_order,
    share
from {{ ref('bridge_search_title_stem') }}

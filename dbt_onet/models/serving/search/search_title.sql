select
    occupation_code,
    title_number,
    title,
    case kind_order when 1 then 'title' when 2 then 'reported' when 3 then 'alternate'
        else 'technology' end as title_kind
from {{ ref('dim_search_title') }}

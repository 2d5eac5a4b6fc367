-- What a search reads: each title with the best kind that it has been published as.
select
    normalized_title,
    occupation_code,
    title,
    case when is_title = 1 then 'title' when is_reported = 1 then 'reported' else 'alternate'
        end as title_kind,
    case when is_title = 1 then 1 when is_reported = 1 then 2 else 3 end as kind_order,
    is_title,
    is_alternate,
    is_reported,
    words
from {{ ref('dim_title') }}

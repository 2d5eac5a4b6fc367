select
    load_id,
    kind
from {{ source('employer_raw', 'raw_load') }}
where state = 'complete'

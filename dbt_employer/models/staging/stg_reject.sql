select
    reject.load_id,
    reject.table_name,
    reject.file_name,
    reject.line_number
from {{ source('employer_raw', 'raw_reject') }} as reject
inner join {{ source('employer_raw', 'raw_load') }} as counted on reject.load_id = counted.load_id
where counted.state = 'complete'

select
    file.load_id,
    file.table_name,
    file.file_name,
    file.rows_read,
    case when file.load_id = max(file.load_id) over (partition by file.table_name) then 1 else 0 end
        as is_newest
from {{ source('employer_raw', 'raw_load_file') }} as file
inner join {{ source('employer_raw', 'raw_load') }} as counted on file.load_id = counted.load_id
where counted.state = 'complete'

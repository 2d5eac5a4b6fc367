-- Claims arrive in parts, so each part's lines count; of what a newer file replaces, those of the
-- newest one.
select
    reject.load_id,
    reject.table_name,
    reject.file_name,
    reject.line_number
from {{ ref('stg_reject') }} as reject
inner join {{ ref('stg_load_file') }} as file on reject.load_id = file.load_id
    and reject.table_name = file.table_name
where file.is_newest = 1 or reject.table_name = 'claims'

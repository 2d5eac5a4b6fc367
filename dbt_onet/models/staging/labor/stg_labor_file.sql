-- The files that count. A vintage sorts as text: 2024-05 before 2025-05.
select
    {{ typed('file.dataset', 'text(60)') }} as dataset,
    {{ typed('file.vintage', 'text(20)') }} as vintage,
    {{ typed('file.vintage_name', 'text(60)') }} as vintage_name,
    {{ typed('file.file_name', 'text(120)') }} as file_name,
    {{ typed('file.official_address', 'text(250)') }} as official_address,
    {{ typed('file.sha256', 'text(64)') }} as sha256,
    {{ typed('file.top_code_hourly', 'decimal(8,2)') }} as top_code_hourly,
    {{ typed('file.top_code_annual', 'integer') }} as top_code_annual,
    file.rows_landed as row_count,
    file.landed_at,
    {{ to_integer('case when newest.vintage = file.vintage then 1 else 0 end') }} as is_newest
from {{ source('raw', 'labor_file') }} as file
inner join {{ current_labor_files() }} as current_file
    on file.dataset = current_file.dataset
    and file.vintage = current_file.vintage
    and file.load_id = current_file.load_id
inner join {{ newest_labor_vintages() }} as newest on file.dataset = newest.dataset

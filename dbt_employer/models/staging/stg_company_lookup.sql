select
    load_id,
    file_name,
    line_number,
    lower({{ field('domain') }}) as domain,
    {{ field('company_ein') }} as company_ein
from {{ source('employer_raw', 'company_lookup') }}
where {{ in_newest_load('company_lookup') }}

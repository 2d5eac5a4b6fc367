select
    load_id,
    file_name,
    line_number,
    {{ field('company_ein') }} as company_ein,
    {{ field('company_name') }} as company_name,
    lower({{ field('domain') }}) as domain,
    {{ field('expected_count') }} as expected_count_text
from {{ source('employer_raw', 'companies') }}
where {{ in_newest_load('companies') }}

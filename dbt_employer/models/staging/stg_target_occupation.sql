select
    load_id,
    file_name,
    line_number,
    {{ field('company_ein') }} as company_ein,
    {{ field('occupation_code') }} as occupation_code
from {{ source('employer_raw', 'target_occupations') }}
where {{ in_newest_load('target_occupations') }}

select
    load_id,
    file_name,
    line_number,
    {{ field('person_id') }} as person_id,
    {{ field('full_name') }} as full_name,
    {{ field('title') }} as title,
    {{ field('email') }} as email,
    {{ field('company_ein') }} as given_ein,
    {{ field('start_date') }} as start_date_text,
    {{ field('end_date') }} as end_date_text,
    {{ iso_date(field('start_date')) }} as start_date,
    {{ iso_date(field('end_date')) }} as end_date,
    {{ field('occupation_code') }} as occupation_code,
    {{ field('notes') }} as notes
from {{ source('employer_raw', 'employees') }}
where load_id in (select load_id from {{ source('employer_raw', 'raw_load') }}
    where state = 'complete')

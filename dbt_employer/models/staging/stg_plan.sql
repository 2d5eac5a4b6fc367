select
    load_id,
    file_name,
    line_number,
    {{ field('company_ein') }} as company_ein,
    {{ field('plan_type') }} as plan_type,
    {{ field('carrier_name') }} as carrier_name,
    {{ field('start_date') }} as start_date_text,
    {{ field('end_date') }} as end_date_text,
    {{ iso_date(field('start_date')) }} as start_date,
    {{ iso_date(field('end_date')) }} as end_date
from {{ source('employer_raw', 'plans') }}
where load_id in (select load_id from {{ source('employer_raw', 'raw_load') }}
    where state = 'complete')

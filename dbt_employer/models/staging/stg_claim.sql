select
    load_id,
    file_name,
    line_number,
    {{ field('claim_id') }} as claim_id,
    {{ field('company_ein') }} as company_ein,
    {{ iso_date(field('service_date')) }} as service_date,
    case when position('{{ '\n' }}' in amount) = 0 then
        {{ typed(field('amount'), 'decimal(11,2)') }} end as amount,
    {{ field('claim_type') }} as claim_type
from {{ source('employer_raw', 'claims') }}
where load_id in (select load_id from {{ source('employer_raw', 'raw_load') }}
    where state = 'complete')

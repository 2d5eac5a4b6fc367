select
    company_ein,
    plan_type,
    carrier_name,
    start_date,
    end_date
from {{ ref('int_plan') }}

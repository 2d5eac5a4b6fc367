-- A row that is used stands in no line of `validation_error` as an error.
select
    fault.table_name,
    fault.load_id,
    fault.line_number
from {{ ref('validation_error') }} as fault
inner join (
    select 'employees' as table_name, load_id, line_number from {{ ref('int_employee') }}
    union all
    select 'plans' as table_name, load_id, line_number from {{ ref('int_plan') }}
    union all
    select 'claims' as table_name, load_id, line_number from {{ ref('int_claim') }}
) as used
    on fault.table_name = used.table_name and fault.load_id = used.load_id
        and fault.line_number = used.line_number
where fault.severity = 'error'

select
    employee.company_ein,
    employee.person_id,
    employee.title,
    employee.start_date,
    employee.end_date,
    {{ to_integer("case when employee.end_date is null or employee.end_date > as_of.as_of_date
        then 1 else 0 end") }} as is_active,
    employee.company_source
from {{ ref('int_employee') }} as employee
cross join {{ ref('int_as_of') }} as as_of

with {{ newest_snapshots(ref('int_employee_row')) }},

counted as (
    select employee.*
    from {{ ref('int_employee_row') }} as employee
    left join snapshot_of on employee.company_ein = snapshot_of.snapshot_ein
    where employee.status = 'ok' and employee.load_id >= coalesce(snapshot_of.snapshot_load_id, 0)
),

{{ newest_versions(
    'counted',
    [
        'load_id', 'file_name', 'line_number', 'company_ein', 'person_id', 'full_name', 'title',
            'email', 'company_source',
        'domain_ein', 'start_date', 'end_date', 'occupation_code', 'notes',
    ],
    ['company_ein', 'person_id'],
) }}

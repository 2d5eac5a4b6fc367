with {{ newest_snapshots(ref('int_plan_row')) }},

counted as (
    select plan_row.*
    from {{ ref('int_plan_row') }} as plan_row
    left join snapshot_of on plan_row.company_ein = snapshot_of.snapshot_ein
    where plan_row.status = 'ok' and plan_row.load_id >= coalesce(snapshot_of.snapshot_load_id, 0)
),

{{ newest_versions(
    'counted',
    ['load_id', 'file_name', 'line_number', 'company_ein', 'plan_type', 'carrier_name',
        'start_date', 'end_date'],
    ['company_ein', 'plan_type', 'carrier_name', 'start_date'],
) }}

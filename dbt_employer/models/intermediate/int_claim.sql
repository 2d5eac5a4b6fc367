with counted as (
    select * from {{ ref('int_claim_row') }} where status = 'ok'
),

{{ newest_versions(
    'counted',
    ['load_id', 'file_name', 'line_number', 'company_ein', 'claim_id', 'service_date', 'amount',
        'claim_type'],
    ['company_ein', 'claim_id'],
) }}

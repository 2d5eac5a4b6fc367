{{ config(materialized='view') }}
with counted as (
    select * from {{ ref('int_claim_row') }} where status = 'ok'
)

{{ rows_of_newest_loads(
    'counted',
    ref('int_claim_version'),
    ['load_id', 'file_name', 'line_number', 'company_ein', 'claim_id', 'service_date', 'amount',
        'claim_type'],
    ['company_ein', 'claim_id'],
) }}

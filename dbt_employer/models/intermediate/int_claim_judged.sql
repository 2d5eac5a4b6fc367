{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}
{{ judged_rows(
    arrived_rows(ref('stg_claim')),
    ['load_id', 'file_name', 'line_number', 'claim_id', 'company_ein', 'service_date', 'amount',
        'claim_type'],
    [
        unresolved_company(),
        missing('claim_id'),
        too_long('claim_id', 60),
        ['service_date', 'bad_date', 'service_date is null'],
        ['amount', 'bad_amount', 'amount is null'],
        too_long('claim_type', 60),
    ],
) }}

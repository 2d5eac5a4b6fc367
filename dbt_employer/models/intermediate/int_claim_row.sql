-- A view, like `int_claim`: a second and third copy of 20 million claims took most of the build.
{{ config(materialized='view') }}
{{ rows_with_status(
    ref('int_claim_judged'),
    ref('int_claim_repeated'),
    ['load_id', 'file_name', 'line_number', 'claim_id', 'company_ein', 'service_date', 'amount',
        'claim_type'],
    ['company_ein', 'claim_id'],
    'claim_id',
) }}

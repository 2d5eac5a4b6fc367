{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}
{{ checked_rows(
    arrived_rows(ref('stg_plan')),
    ['load_id', 'file_name', 'line_number', 'company_ein', 'plan_type', 'carrier_name',
        'start_date', 'end_date'],
    ['company_ein', 'plan_type', 'carrier_name', 'start_date'], 'start_date',
    ["coalesce(" ~ as_text('end_date') ~ ", '')"],
    [
        unresolved_company(),
        missing('plan_type'),
        too_long('plan_type', 60),
        missing('carrier_name'),
        too_long('carrier_name', 120),
        bad_date('start_date', is_required=true),
        bad_date('end_date'),
        ['end_date', 'end_before_start', 'end_date < start_date'],
    ],
) }}

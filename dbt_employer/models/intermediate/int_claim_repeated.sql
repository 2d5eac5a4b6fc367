with judged_twice as (
    {{ rows_of_keys(ref('int_claim_judged'), ref('int_claim_key_twice')) }}
)

{{ repeated_keys(
    'judged_twice',
    ['company_ein', 'claim_id'],
    ['service_date', 'amount', "coalesce(claim_type, '')"],
) }}

with counted as (
    {{ rows_of_keys(ref('int_claim_row'), ref('int_claim_key_twice')) }}
    where status = 'ok'
)

{{ newest_loads('counted', ['company_ein', 'claim_id']) }}

select
    company_ein,
    window_start_date,
    window_end_date,
    previous_cost,
    current_cost,
    pct_change,
    has_no_prior_cost
from {{ ref('fct_claim_cost_90d') }}
where is_spike = 1

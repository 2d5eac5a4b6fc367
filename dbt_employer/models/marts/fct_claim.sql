select
    claim.company_ein,
    claim.claim_id,
    claim.service_date,
    claim.amount,
    claim.claim_type,
    {{ to_integer("case when span.company_ein is not null then 1 else 0 end") }} as is_covered
from {{ ref('int_claim') }} as claim
-- spans of a type never overlap: at most one has the day
left join {{ ref('fct_coverage_span') }} as span
    on claim.company_ein = span.company_ein
    and claim.claim_type = span.plan_type
    and claim.service_date >= span.start_date
    and (claim.service_date <= span.end_date or span.end_date is null)

select
    domain,
    state,
    is_stale,
    industry,
    revenue,
    headcount
from {{ source('employer_raw', 'company_enrichment') }}

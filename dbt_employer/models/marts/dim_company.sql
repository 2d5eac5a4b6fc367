-- Every company that any file speaks of in a row that is none of the errors.
with named as (
    select company_ein from {{ ref('int_company_row') }} where status = 'ok'
    union
    select company_ein from {{ ref('int_company_lookup_row') }} where status = 'ok'
    union
    select company_ein from {{ ref('int_target_occupation_row') }} where status = 'ok'
    union
    select company_ein from {{ ref('int_employee') }}
    union
    select company_ein from {{ ref('int_plan') }}
    union
    select company_ein from {{ ref('int_claim') }}
),

-- of several domains, the one of the companies' file, else the first that the service knows, else
-- the first
domain_of as (
    select
        company_domain.company_ein,
        company_domain.domain,
        row_number() over (
            partition by company_domain.company_ein
            order by
                case when listed.domain is not null then 0 else 1 end,
                case when enrichment.state = 'known' then 0 else 1 end,
                company_domain.domain
        ) as choice
    from {{ ref('int_company_domain') }} as company_domain
    left join {{ ref('int_company_row') }} as listed
        on company_domain.company_ein = listed.company_ein and company_domain.domain = listed.domain
            and listed.status = 'ok'
    left join {{ ref('stg_company_enrichment') }} as enrichment
        on company_domain.domain = enrichment.domain
)

select
    named.company_ein,
    company.company_name,
    domain_of.domain,
    case when company.expected_count_text is not null then
        {{ to_integer('company.expected_count_text') }} end as expected_count,
    enrichment.industry,
    enrichment.revenue,
    enrichment.headcount,
    coalesce(enrichment.state, 'not_asked') as enrichment_state,
    {{ to_integer('coalesce(enrichment.is_stale, 0)') }} as is_enrichment_stale
from named
left join {{ ref('int_company_row') }} as company on named.company_ein = company.company_ein
    and company.status = 'ok'
left join domain_of on named.company_ein = domain_of.company_ein and domain_of.choice = 1
left join {{ ref('stg_company_enrichment') }} as enrichment on domain_of.domain = enrichment.domain

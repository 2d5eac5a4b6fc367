-- Everybody's mail domain is nobody's company. A domain that two companies claim says nothing.
with claimed as (
    select domain, company_ein from {{ ref('int_company_lookup_row') }} where status = 'ok'
    union
    select domain, company_ein from {{ ref('int_company_row') }} where status = 'ok'
        and domain is not null
)

select
    domain,
    min(company_ein) as company_ein
from claimed
where domain not in (select domain from {{ ref('public_mail_domain') }})
group by domain
having count(*) = 1

-- The company of a person: the EIN given, else the company of the e-mail's domain.
with addressed as (
    select
        employee.*,
        case when {{ is_email('employee.email') }} then {{ domain_of('employee.email') }} end
            as email_domain
    from {{ ref('stg_employee') }} as employee
)

select
    addressed.load_id,
    addressed.file_name,
    addressed.line_number,
    addressed.person_id,
    addressed.full_name,
    addressed.title,
    addressed.email,
    coalesce(addressed.given_ein, company_domain.company_ein) as company_ein,
    case
        when addressed.given_ein is not null then 'given'
        when company_domain.company_ein is not null then 'email_domain'
    end as company_source,
    company_domain.company_ein as domain_ein,
    addressed.email_domain,
    addressed.start_date_text,
    addressed.end_date_text,
    addressed.start_date,
    addressed.end_date,
    addressed.occupation_code,
    addressed.notes
from addressed
left join {{ ref('int_company_domain') }} as company_domain
    on addressed.email_domain = company_domain.domain

with observed as (
    select
        company.company_ein,
        company.company_name,
        company.expected_count,
        (
            select count(*)
            from {{ ref('dim_employee') }} as employee
            where employee.company_ein = company.company_ein and employee.is_active = 1
        ) as observed_count
    from {{ ref('dim_company') }} as company
),

compared as (
    select
        observed.*,
        observed_count - expected_count as difference,
        case when observed_count < expected_count then expected_count - observed_count
            else observed_count - expected_count end as distance
    from observed
)

select
    company_ein,
    company_name,
    expected_count,
    observed_count,
    difference,
    case when expected_count is not null then
        {{ rounded_ratio('100 * distance', 'expected_count') }} end as pct_diff,
    case
        when expected_count is null then 'Unknown'
        when 100 * distance < 20 * expected_count then 'Low'
        when 100 * distance < 50 * expected_count then 'Medium'
        when 100 * distance <= 100 * expected_count then 'High'
        else 'Critical'
    end as severity
from compared

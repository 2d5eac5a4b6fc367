-- Below, uncertain, meeting and unknown together are the active people of the company, for each
-- element.
select
    gap.company_ein,
    gap.element_id
from {{ ref('fct_workforce_gap') }} as gap
where
    gap.people_below + gap.people_uncertain + gap.people_meeting + gap.people_unknown <> (
        select count(*)
        from {{ ref('dim_employee') }} as employee
        where employee.company_ein = gap.company_ein and employee.is_active = 1
    )

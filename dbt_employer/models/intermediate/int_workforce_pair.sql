-- The occupations that a workforce comes from, with how many people, beside those that its company
-- will need.
select
    target.company_ein,
    target.occupation_code as target_occupation_code,
    roster.occupation_code as from_occupation_code,
    {{ to_integer('count(*)') }} as person_count
from (select company_ein, occupation_code from {{ ref('int_target_occupation_row') }}
    where status = 'ok') as target
inner join {{ ref('fct_roster_occupation') }} as roster on target.company_ein = roster.company_ein
inner join {{ ref('dim_employee') }} as employee
    on roster.company_ein = employee.company_ein and roster.person_id = employee.person_id
where employee.is_active = 1
group by target.company_ein, target.occupation_code, roster.occupation_code

-- Each element of a target occupation, and how the people of a company stand to it by the
-- occupation that they are in.
with target_element as (
    select distinct
        pair_of.company_ein,
        pair_of.target_occupation_code,
        level_of.domain,
        level_of.element_id,
        level_of.element_name,
        level_of.level as target_level
    from {{ ref('int_workforce_pair') }} as pair_of
    inner join {{ ref('int_occupation_level') }} as level_of
        on pair_of.target_occupation_code = level_of.occupation_code
),

standing as (
    select
        target_element.company_ein,
        target_element.target_occupation_code,
        target_element.domain,
        target_element.element_id,
        target_element.element_name,
        target_element.target_level,
        pair_of.person_count,
        compared.verdict,
        compared.level_gap
    from target_element
    inner join {{ ref('int_workforce_pair') }} as pair_of
        on target_element.company_ein = pair_of.company_ein
        and target_element.target_occupation_code = pair_of.target_occupation_code
    left join {{ ref('int_occupation_comparison') }} as compared
        on pair_of.from_occupation_code = compared.from_occupation_code
        and pair_of.target_occupation_code = compared.target_occupation_code
        and target_element.element_id = compared.element_id
)

select
    company_ein,
    target_occupation_code,
    element_id,
    max(domain) as domain,
    max(element_name) as element_name,
    max(target_level) as target_level,
    {{ to_integer("sum(case when verdict = 'clearly_higher' then person_count else 0 end)") }}
        as people_below,
    {{ to_integer("sum(case when verdict in ('too_close_to_tell', 'higher_without_error')
        then person_count else 0 end)") }} as people_uncertain,
    {{ to_integer("sum(case when verdict = 'met' then person_count else 0 end)") }}
        as people_meeting,
    {{ to_integer("sum(case when verdict is null then person_count else 0 end)") }}
        as people_unknown,
    case
        when sum(case when verdict = 'clearly_higher' then person_count else 0 end) > 0 then
            {{ rounded_ratio(
            "sum(case when verdict = 'clearly_higher' then cast(level_gap * 100 as decimal(20, 0))
                * person_count else 0 end)",
            "100 * sum(case when verdict = 'clearly_higher' then person_count else 0 end)",
        ) }}
    end as mean_shortfall
from standing
group by company_ein, target_occupation_code, element_id

-- A title reaches an occupation by the code given, else the reviewed map, else as the title of
-- exactly one occupation. Nothing is guessed.
with reached as (
    select
        employee.company_ein,
        employee.person_id,
        employee.title,
        by_code.occupation_code as given_code,
        employee.occupation_code as stated_code,
        by_map.occupation_code as mapped_code,
        by_title.occupation_code as titled_code
    from {{ ref('int_employee') }} as employee
    left join {{ ref('stg_onet_occupation') }} as by_code
        on employee.occupation_code = by_code.occupation_code
    left join (
        select title_map.normalized_title, title_map.occupation_code
        from {{ ref('int_title_map_row') }} as title_map
        inner join {{ ref('stg_onet_occupation') }} as occupation
            on title_map.occupation_code = occupation.occupation_code
        where title_map.status = 'ok'
    ) as by_map on lower(employee.title) = by_map.normalized_title
    left join {{ ref('int_title_occupation') }} as by_title
        on lower(employee.title) = by_title.normalized_title
)

select
    company_ein,
    person_id,
    case
        when stated_code is not null then given_code
        else coalesce(mapped_code, titled_code)
    end as occupation_code,
    case
        when stated_code is not null and given_code is not null then 'given_code'
        when stated_code is not null then 'unknown_code'
        when mapped_code is not null then 'reviewed_map'
        when titled_code is not null then 'exact_title'
        when title is null then 'no_title'
        else 'unmapped'
    end as mapping_method
from reached

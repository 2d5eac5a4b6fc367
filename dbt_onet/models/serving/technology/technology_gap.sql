-- Technologies that the target's workers use and the source's do not. These are sets: "not present
-- in the first" is literal. A source of which O*NET lists no technology at all is unknown, not
-- empty, and gives no row.
select
    from_occupation.occupation_code as from_occupation_code,
    from_occupation.title as from_occupation_title,
    to_occupation.occupation_code as to_occupation_code,
    to_occupation.title as to_occupation_title,

    target.technology_name,
    target.is_hot_technology,
    target.is_in_demand,
    category.category_code,
    category.category_name,
    category.category_group_code,
    category.category_group_name,
    -- the names that these columns had when UNSPSC was the only outline
    category.category_code as commodity_code,
    category.category_name as commodity_title,
    category.category_group_code as class_code,
    category.category_group_name as class_title
from {{ ref('dim_occupation') }} as from_occupation
cross join {{ ref('fct_occupation_technology') }} as target
inner join {{ ref('dim_occupation') }} as to_occupation on target.occupation_code
    = to_occupation.occupation_code
left join {{ ref('dim_technology_category') }} as category on target.category_code
    = category.category_code
left join {{ ref('fct_occupation_technology') }} as source
    on source.occupation_code = from_occupation.occupation_code
    and source.technology_name = target.technology_name
where source.occupation_code is null
    and exists (
        select 1 from {{ ref('fct_occupation_technology') }} as listed where listed.occupation_code
            = from_occupation.occupation_code
    )

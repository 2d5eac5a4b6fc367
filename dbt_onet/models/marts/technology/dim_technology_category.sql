-- What the technologies say of their category, and its group: the UNSPSC class, from 30.3 the
-- parent in the content model. A union and not a join: neither file need have every category.
with named as (
    select category_code, category_name, null as group_code, null as group_name, 1 as is_used
        from {{ ref('stg_technology') }}
    union all
    select commodity_code, commodity_title, class_code, class_title, 0 as is_used
        from {{ ref('stg_unspsc') }}
    union all
    select element_id, element_name, parent_element_id, group_name, 0 as is_used
        from {{ ref('dim_element') }} where domain = 'software_skills'
)

select
    category_code,
    max(category_name) as category_name,
    max(group_code) as category_group_code,
    max(group_name) as category_group_name
from named
where category_code is not null
group by category_code
having max(is_used) = 1

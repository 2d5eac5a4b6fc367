select
    technology.occupation_code,
    technology.technology_name,
    technology.is_hot_technology,
    technology.is_in_demand,
    category.category_code,
    category.category_name,
    category.category_group_code,
    category.category_group_name,
    -- the names that these columns had when UNSPSC was the only outline
    category.category_code as commodity_code,
    category.category_name as commodity_title,
    category.category_group_code as class_code,
    category.category_group_name as class_title
from {{ ref('fct_occupation_technology') }} as technology
left join {{ ref('dim_technology_category') }} as category on technology.category_code
    = category.category_code

select
    technology.occupation_code,
    technology.technology_name,
    technology.is_hot_technology,
    technology.is_in_demand,
    commodity.commodity_code,
    commodity.commodity_title,
    commodity.class_code,
    commodity.class_title
from {{ ref('fct_occupation_technology') }} as technology
left join {{ ref('dim_commodity') }} as commodity on technology.commodity_code = commodity.commodity_code

select
    occupation_code,
    technology_name,
    category_code,
    is_hot_technology,
    is_in_demand
from {{ ref('stg_technology') }}

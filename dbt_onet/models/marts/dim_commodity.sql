-- What the technologies say of their commodity, and what UNSPSC's outline adds. A union and not a join: neither file need have every commodity.
with named as (
    select commodity_code, commodity_title, null as class_code, null as class_title, 1 as is_used from {{ ref('stg_technology') }}
    union all
    select commodity_code, commodity_title, class_code, class_title, 0 as is_used from {{ ref('stg_unspsc') }}
)

select
    commodity_code,
    max(commodity_title) as commodity_title,
    max(class_code) as class_code,
    max(class_title) as class_title
from named
where commodity_code is not null
group by commodity_code
having max(is_used) = 1

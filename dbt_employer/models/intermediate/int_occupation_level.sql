-- The published levels of the occupations that take part, and no others.
with taking_part as (
    select target_occupation_code as occupation_code from {{ ref('int_workforce_pair') }}
    union
    select from_occupation_code as occupation_code from {{ ref('int_workforce_pair') }}
        where from_occupation_code is not null
)

select level_of.*
from {{ ref('stg_onet_level') }} as level_of
where level_of.occupation_code in (select occupation_code from taking_part)

-- Numbers for codes and names, as in `int_compared_rating` and for the same reason.
with technology as (
    select occupation_code, dense_rank() over (order by technology_name) as technology_number
    from {{ ref('fct_occupation_technology') }}
)

select
    {{ to_integer('profile.occupation_number') }} as occupation_number,
    {{ to_integer('technology.technology_number') }} as technology_number
from technology
inner join {{ ref('int_importance_profile') }} as profile on technology.occupation_code
    = profile.occupation_code

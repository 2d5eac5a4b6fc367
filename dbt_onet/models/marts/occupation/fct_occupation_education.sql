-- Typical is what most answers name; where two categories have as many, the lower asks less of the
-- reader.
with ranked as (
    select
        occupation_code,
        education_level,
        percent,
        row_number() over (partition by occupation_code order by percent desc,
            education_level) as place
    from {{ ref('stg_education') }}
    where percent is not null
)

select
    occupation_code,
    education_level,
    percent,
    {{ to_integer('case when place = 1 then 1 else 0 end') }} as is_typical
from ranked

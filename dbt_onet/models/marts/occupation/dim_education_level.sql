-- Every category that is described or answered: neither file need have every one.
with category as (
    select education_level, description from {{ ref('stg_education_level') }}
    union all
    select education_level, null as description from {{ ref('stg_education') }}
)

select education_level, max(description) as description
from category
group by education_level

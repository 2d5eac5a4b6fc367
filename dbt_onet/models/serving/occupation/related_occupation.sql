select
    related.occupation_code,
    related.related_occupation_code,
    occupation.title as related_title,
    related.relatedness_tier,
    related.related_index
from {{ ref('fct_related_occupation') }} as related
inner join {{ ref('dim_occupation') }} as occupation on related.related_occupation_code
    = occupation.occupation_code

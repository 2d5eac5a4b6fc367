-- The rule of `int_occupation_similarity`, which the moves are chosen by. Laid out as a view, the
-- whole matrix costs a publication one row an occupation.
select
    source.occupation_code as from_occupation_code,
    from_occupation.title as from_occupation_title,
    target.occupation_code as to_occupation_code,
    to_occupation.title as to_occupation_title,
    {{ importance_correlation('source', 'target') }} as similarity
from {{ ref('fct_importance_profile') }} as source
inner join {{ ref('fct_importance_profile') }} as target
    on source.occupation_code <> target.occupation_code
inner join {{ ref('dim_occupation') }} as from_occupation on source.occupation_code
    = from_occupation.occupation_code
inner join {{ ref('dim_occupation') }} as to_occupation on target.occupation_code
    = to_occupation.occupation_code

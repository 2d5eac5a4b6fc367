-- A table with a key: as a part of `int_nearest_occupation` MySQL would read the profiles for each
-- pair.
select
    {{ to_integer('source.occupation_number') }} as from_number,
    {{ to_integer('target.occupation_number') }} as to_number,
    {{ to_integer('related.related_index') }} as related_index,
    {{ to_four_decimals(likely_weights().related ~ ' * ln(2) / ln(1 + related.related_index)') }}
        as related_term
from {{ ref('fct_related_occupation') }} as related
inner join {{ ref('int_importance_profile') }} as source on related.occupation_code
    = source.occupation_code
inner join {{ ref('int_importance_profile') }} as target on related.related_occupation_code
    = target.occupation_code

-- Pearson's correlation of all pairs, each once.
select
    one.occupation_number as one_number,
    other.occupation_number as other_number,
    other.job_zone - one.job_zone as job_zone_step,
    {{ importance_correlation('one', 'other') }} as similarity
from {{ ref('int_importance_profile') }} as one
inner join {{ ref('int_importance_profile') }} as other
    on one.occupation_number < other.occupation_number

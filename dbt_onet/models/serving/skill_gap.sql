-- What occupation B needs that A does not have: the part of the comparison that any of the three definitions flags.
select
    from_occupation_code,
    from_occupation_title,
    to_occupation_code,
    to_occupation_title,
    domain,
    element_id,
    {{ gap_columns() }}
from {{ ref('skill_comparison') }}
where {{ is_gap() }}

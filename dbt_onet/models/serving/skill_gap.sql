-- What occupation B needs that A does not have: the part of the comparison that any of the three definitions flags.
select
    from_occupation_code,
    from_occupation_title,
    to_occupation_code,
    to_occupation_title,
    domain,
    element_id,
    element_name,

    from_level,
    to_level,
    level_gap,
    from_importance,
    to_importance,

    is_missing,
    is_newly_relevant,
    is_higher,
    gap_standard_error,
    is_significant,
    is_low_precision,

    group_name,
    from_anchor_level,
    from_anchor,
    to_anchor_level,
    to_anchor,

    is_supplemented
from {{ ref('skill_comparison') }}
where {{ is_gap() }}

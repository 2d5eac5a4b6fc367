-- What occupation B needs that A does not have. The rules are the macro `gap`, one line each; here they get names, titles and the levels in words.
{% set keys %}
        source.occupation_code as from_occupation_code,
        target.occupation_code as to_occupation_code,
        source.domain,
        source.element_id
{% endset %}
{% set sides -%}
    {{ ref('fct_occupation_element') }} as source
    inner join {{ ref('fct_occupation_element') }} as target on source.element_id = target.element_id
{%- endset %}
with {{ gap(keys, sides) }}

select
    gap.from_occupation_code,
    from_occupation.title as from_occupation_title,
    gap.to_occupation_code,
    to_occupation.title as to_occupation_title,
    gap.domain,
    gap.element_id,
    element.element_name,

    gap.from_level,
    gap.to_level,
    gap.level_gap,
    gap.from_importance,
    gap.to_importance,

    gap.is_missing,
    gap.is_newly_relevant,
    gap.is_higher,
    gap.gap_standard_error,
    gap.is_significant,
    gap.is_low_precision,

    element.group_name,
    from_anchor.anchor_level as from_anchor_level,
    from_anchor.description as from_anchor,
    to_anchor.anchor_level as to_anchor_level,
    to_anchor.description as to_anchor
from gap
inner join {{ ref('dim_occupation') }} as from_occupation on gap.from_occupation_code = from_occupation.occupation_code
inner join {{ ref('dim_occupation') }} as to_occupation on gap.to_occupation_code = to_occupation.occupation_code
inner join {{ ref('dim_element') }} as element on gap.element_id = element.element_id
-- The level in words. Level 0 is in no anchor's range: what is not there needs no example.
left join {{ ref('dim_level_anchor') }} as from_anchor
    on gap.element_id = from_anchor.element_id
    and gap.from_level > from_anchor.above_level
    and gap.from_level <= from_anchor.up_to_level
left join {{ ref('dim_level_anchor') }} as to_anchor
    on gap.element_id = to_anchor.element_id
    and gap.to_level > to_anchor.above_level
    and gap.to_level <= to_anchor.up_to_level

-- What an occupation needs that a person does not have, for every level that the person may have:
-- the same rules as `skill_gap`, by the same macro.
{% set keys -%}
    target.occupation_code as to_occupation_code,
    target.occupation_title as to_occupation_title,
    target.domain,
    target.element_id,
    target.element_name
{%- endset %}
{% set sides -%}
    {{ ref('dim_stated_level') }} as source
    cross join {{ ref('fct_occupation_element') }} as target
    left join {{ ref('dim_level_anchor') }} as from_anchor
        on target.element_id = from_anchor.element_id
        and source.level > from_anchor.above_level
        and source.level <= from_anchor.up_to_level
{%- endset %}
{% set words -%}
    target.group_name,
    from_anchor.anchor_level as from_anchor_level,
    from_anchor.description as from_anchor,
    target.anchor_level as to_anchor_level,
    target.anchor as to_anchor
{%- endset %}
{{ comparison(keys, sides, words) }}
where {{ is_gap() }}

-- By the levels that a language model gave, on both sides. The rules are those of `skill_gap`, by the same macro.
{% set sides -%}
    {{ ref('llm_occupation_element') }} as source
    inner join {{ ref('llm_occupation_element') }} as target on source.element_id = target.element_id
{%- endset %}
with {{ comparison(two_occupations(), sides) }}

select
    from_occupation_code,
    from_occupation_title,
    to_occupation_code,
    to_occupation_title,
    domain,
    element_id,
    {{ gap_columns() }}
from compared
where {{ is_gap() }}

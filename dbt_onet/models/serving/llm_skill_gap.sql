-- By the levels that a language model gave, on both sides. The rules are those of `skill_gap`, by the same macro.
{% set keys %}
        source.occupation_code as from_occupation_code,
        target.occupation_code as to_occupation_code,
        target.domain,
        target.element_id
{% endset %}
{% set sides -%}
    {{ ref('llm_occupation_element') }} as source
    inner join {{ ref('llm_occupation_element') }} as target on source.element_id = target.element_id
{%- endset %}
with {{ comparison(keys, sides) }}

select
    compared.from_occupation_code,
    from_occupation.title as from_occupation_title,
    compared.to_occupation_code,
    to_occupation.title as to_occupation_title,
    compared.domain,
    compared.element_id,
    {{ gap_columns() }}
from compared
inner join {{ ref('dim_occupation') }} as from_occupation on compared.from_occupation_code = from_occupation.occupation_code
inner join {{ ref('dim_occupation') }} as to_occupation on compared.to_occupation_code = to_occupation.occupation_code
{{ in_words() }}
where {{ is_gap() }}

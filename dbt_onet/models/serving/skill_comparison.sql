-- Two occupations, element by element; `skill_gap` is what it flags. The rules are the macro `comparison`, one line each; here they get two occupations.
{% set keys %}
        source.occupation_code as from_occupation_code,
        target.occupation_code as to_occupation_code,
        target.domain,
        target.element_id
{% endset %}
{% set sides -%}
    {{ ref('fct_occupation_element') }} as source
    inner join {{ ref('fct_occupation_element') }} as target on source.element_id = target.element_id
{%- endset %}
with {{ comparison(keys, sides) }}

select
    compared.from_occupation_code,
    from_occupation.title as from_occupation_title,
    compared.to_occupation_code,
    to_occupation.title as to_occupation_title,
    compared.domain,
    compared.element_id,
    {{ gap_columns() }},

    element.description as element_description,
    compared.gap_margin,
    compared.verdict
from compared
inner join {{ ref('dim_occupation') }} as from_occupation on compared.from_occupation_code = from_occupation.occupation_code
inner join {{ ref('dim_occupation') }} as to_occupation on compared.to_occupation_code = to_occupation.occupation_code
{{ in_words() }}

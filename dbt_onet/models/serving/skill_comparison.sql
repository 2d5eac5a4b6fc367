-- Two occupations, element by element; `skill_gap` is what it flags. The rules: macro `comparison`.
{% set sides -%}
    {{ ref('fct_occupation_element') }} as source
    inner join {{ ref('fct_occupation_element') }} as target
        on source.element_id = target.element_id
    inner join {{ ref('dim_element') }} as element on target.element_id = element.element_id
{%- endset %}
{% set more -%}
    element.description as element_description,
    {{ margin_and_verdict() }}
{%- endset %}
{{ comparison(two_occupations(), sides, words_of_both(), more) }}

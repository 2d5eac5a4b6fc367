-- By the levels that a language model gave, on both sides. The rules are those of `skill_gap`, by
-- the same macro.
{% set sides -%}
    {{ ref('fct_llm_occupation_element') }} as source
    inner join {{ ref('fct_llm_occupation_element') }} as target
        on source.element_id = target.element_id
{%- endset %}
{{ comparison(two_occupations(), sides, words_of_both()) }}
where {{ is_gap() }}

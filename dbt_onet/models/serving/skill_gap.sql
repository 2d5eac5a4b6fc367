-- What occupation B needs that A does not have: the elements that any of the three definitions
-- flags.
{% set sides -%}
    {{ ref('fct_occupation_element') }} as source
    inner join {{ ref('fct_occupation_element') }} as target
        on source.element_id = target.element_id
{%- endset %}
{{ comparison(two_occupations(), sides, words_of_both()) }}
where {{ is_gap() }}

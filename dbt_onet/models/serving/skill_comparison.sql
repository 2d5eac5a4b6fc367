-- Two occupations, element by element; `skill_gap` is what it flags. The rules are the macro `comparison`, one line each; here they get two occupations.
{% set sides -%}
    {{ ref('fct_occupation_element') }} as source
    inner join {{ ref('fct_occupation_element') }} as target on source.element_id = target.element_id
{%- endset %}
with {{ comparison(two_occupations(), sides) }}

select
    from_occupation_code,
    from_occupation_title,
    to_occupation_code,
    to_occupation_title,
    domain,
    element_id,
    {{ gap_columns() }},

    element_description,
    gap_margin,
    verdict
from compared

-- What occupation B needs that A does not have. The rules are the macro `gap`, one line each; here they get two occupations to compare.
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
with {{ gap(keys, sides) }}

select
    gap.from_occupation_code,
    from_occupation.title as from_occupation_title,
    gap.to_occupation_code,
    to_occupation.title as to_occupation_title,
    gap.domain,
    gap.element_id,
    {{ gap_columns() }}
from gap
inner join {{ ref('dim_occupation') }} as from_occupation on gap.from_occupation_code = from_occupation.occupation_code
inner join {{ ref('dim_occupation') }} as to_occupation on gap.to_occupation_code = to_occupation.occupation_code
{{ gap_words() }}

-- What an occupation needs that a person does not have, for every level that the person may have: the same rules as `skill_gap`, by the same macro.
{% set keys %}
        target.occupation_code as to_occupation_code,
        target.domain,
        target.element_id
{% endset %}
{% set sides -%}
    (
        select
            level,
            level_n,
            level_error,
            cast(null as decimal(5, 2)) as importance,
            {{ to_integer('null') }} as is_not_relevant,
            {{ to_integer('null') }} as is_suppress_recommended,
            0 as is_supplemented
        from {{ ref('stated_level') }}
    ) as source
    cross join {{ ref('fct_occupation_element') }} as target
{%- endset %}
with {{ comparison(keys, sides) }}

select
    compared.to_occupation_code,
    to_occupation.title as to_occupation_title,
    compared.domain,
    compared.element_id,
    {{ gap_columns() }}
from compared
inner join {{ ref('dim_occupation') }} as to_occupation on compared.to_occupation_code = to_occupation.occupation_code
{{ in_words() }}
where {{ is_gap() }}

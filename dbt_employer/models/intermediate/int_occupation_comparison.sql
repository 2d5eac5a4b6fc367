-- Two occupations, element by element, by the rules of `skill_comparison`: its macro, given the
-- published levels.
{% set keys %}
        pair_of.from_occupation_code,
        pair_of.target_occupation_code,
        target.element_id
{% endset %}
{% set sides -%}
    (
        select distinct from_occupation_code, target_occupation_code
        from {{ ref('int_workforce_pair') }}
        where from_occupation_code is not null
    ) as pair_of
    inner join {{ ref('int_occupation_level') }} as source
        on pair_of.from_occupation_code = source.occupation_code
    inner join {{ ref('int_occupation_level') }} as target
        on pair_of.target_occupation_code = target.occupation_code
            and source.element_id = target.element_id
{%- endset %}
with compared as (
    {{ comparison(keys, sides, more=margin_and_verdict()) }}
)

select
    from_occupation_code,
    target_occupation_code,
    element_id,
    level_gap,
    verdict
from compared

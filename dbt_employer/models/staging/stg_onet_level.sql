-- An error of 0 means that all raters agreed to the last digit: it counts as 1/N, as everywhere in
-- `dbt_onet`.
{% if var('onet_is_published') -%}
with level_rating as (
    select
        *,
        case
            when n < 2 then null
            when standard_error * n >= 1 then cast(standard_error as double)
            when standard_error is not null then cast(1 as double) / cast(n as double)
        end as error
    from {{ source('onet', 'rating') }}
    where scale_id = 'LV'
)

select
    {{ text_of_source('side_by_side.occupation_code') }} as occupation_code,
    {{ text_of_source('side_by_side.element_id') }} as element_id,
    {{ text_of_source('side_by_side.element_name') }} as element_name,
    {{ text_of_source('side_by_side.domain') }} as domain,
    side_by_side.level,
    side_by_side.importance,
    side_by_side.is_not_relevant,
    side_by_side.is_suppress_recommended,
    {{ side_terms('level_rating.error', 'level_rating.n') }},
    case when level_rating.rating_source = 'web_services' then 1 else 0 end as is_supplemented
from {{ source('onet', 'occupation_rating') }} as side_by_side
inner join level_rating
    on side_by_side.occupation_code = level_rating.occupation_code
    and side_by_side.element_id = level_rating.element_id
{%- else -%}
select
    {{ as_text('null') }} as occupation_code,
    {{ as_text('null') }} as element_id,
    {{ as_text('null') }} as element_name,
    {{ as_text('null') }} as domain,
    cast(null as decimal(5, 2)) as level,
    cast(null as decimal(5, 2)) as importance,
    {{ to_integer('null') }} as is_not_relevant,
    {{ to_integer('null') }} as is_suppress_recommended,
    cast(null as double) as level_variance,
    cast(null as double) as level_welch,
    {{ to_integer('null') }} as is_supplemented
where 1 = 0
{%- endif %}

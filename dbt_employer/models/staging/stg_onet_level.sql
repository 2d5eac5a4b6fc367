-- An error of 0 means that all raters agreed to the last digit: it counts as 1/N, as everywhere in
-- `dbt_onet`.
{% if var('onet_is_published') -%}
select
    {{ text_of_source('side_by_side.occupation_code') }} as occupation_code,
    {{ text_of_source('side_by_side.element_id') }} as element_id,
    {{ text_of_source('side_by_side.element_name') }} as element_name,
    {{ text_of_source('side_by_side.domain') }} as domain,
    side_by_side.level,
    side_by_side.importance,
    side_by_side.is_not_relevant,
    side_by_side.is_suppress_recommended,
    level_rating.n as level_n,
    case
        when level_rating.n < 2 then null
        when level_rating.standard_error * level_rating.n >= 1 then cast(level_rating.standard_error
            as double)
        when level_rating.standard_error is not null then cast(1 as double) / cast(level_rating.n
            as double)
    end as level_error,
    case when level_rating.rating_source = 'web_services' then 1 else 0 end as is_supplemented
from {{ source('onet', 'occupation_rating') }} as side_by_side
inner join {{ source('onet', 'rating') }} as level_rating
    on side_by_side.occupation_code = level_rating.occupation_code
    and side_by_side.element_id = level_rating.element_id
    and level_rating.scale_id = 'LV'
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
    {{ to_integer('null') }} as level_n,
    cast(null as double) as level_error,
    {{ to_integer('null') }} as is_supplemented
where 1 = 0
{%- endif %}

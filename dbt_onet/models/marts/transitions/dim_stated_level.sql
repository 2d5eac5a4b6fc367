-- The level scale in hundredths, which is as fine as O*NET publishes it. A person states a level,
-- nobody rates it: it has no error of its own, so a gap's uncertainty is that of the target's
-- ratings alone (Welch's degrees then come to the target's), no importance and no mark of
-- relevance.
with digit as (
    {% for digit in range(10) -%}
    select {{ digit }} as digit {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    cast((hundreds.digit * 100 + tens.digit * 10 + ones.digit) * 0.01 as decimal(5, 2)) as level,
    cast(0 as double) as level_variance,
    cast(0 as double) as level_welch,
    cast(null as decimal(5, 2)) as importance,
    {{ to_integer('null') }} as is_not_relevant,
    {{ to_integer('null') }} as is_suppress_recommended,
    {{ to_integer(0) }} as is_supplemented
from digit as hundreds
cross join digit as tens
cross join digit as ones
inner join {{ ref('dim_scale') }} as scale
    on scale.scale_id = 'LV'
    and hundreds.digit * 100 + tens.digit * 10 + ones.digit between scale.minimum * 100
        and scale.maximum * 100

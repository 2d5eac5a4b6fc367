-- Every rating lies between the minimum and maximum that the release itself gives for its scale,
-- and its interval around it; those that O*NET Web Services gave too, on the scales that the
-- release has. Not a generic test: the bounds are data of another table. Mirrors nothing in MySQL
-- or DuckDB constraints.
{% for ratings in ['stg_rating', 'stg_supplement_rating'] %}
select
    rating.occupation_code,
    rating.element_id,
    rating.scale_id,
    rating.value,
    rating.lower_bound,
    rating.upper_bound,
    rating.standard_error,
    rating.n,
    scale.minimum,
    scale.maximum
from {{ ref(ratings) }} as rating
inner join {{ ref('dim_scale') }} as scale on rating.scale_id = scale.scale_id
where rating.value not between scale.minimum and scale.maximum
    or rating.lower_bound > rating.value
    or rating.upper_bound < rating.value
    or rating.standard_error < 0
    or rating.n < 1
{% if not loop.last %}union all{% endif %}
{% endfor %}

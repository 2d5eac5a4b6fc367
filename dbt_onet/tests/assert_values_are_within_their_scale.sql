-- Every rating lies between the minimum and maximum that the release itself gives for its scale, and its interval around it.
-- Not a generic test: the bounds are data of another table. Mirrors nothing in MySQL or DuckDB constraints.
select rating.*, scale.minimum, scale.maximum
from {{ ref('merged_rating') }} as rating
inner join {{ ref('dim_scale') }} as scale on rating.scale_id = scale.scale_id
where rating.value not between scale.minimum and scale.maximum
    or rating.lower_bound > rating.value
    or rating.upper_bound < rating.value
    or rating.standard_error < 0
    or rating.n < 1

-- Importance, less the occupation's own mean, side by side: then the correlation of two occupations
-- is a sum of products of two rows. In hundredths and times the number of elements, so all are
-- whole numbers: the sums are exact, and the same on both engines.
with total as (
    select occupation_number, count(*) as element_count, sum(importance * 100) as importance
    from {{ ref('int_compared_rating') }}
    group by occupation_number
),

centred as (
    select
        rating.occupation_number,
        rating.occupation_code,
        rating.place,
        cast(rating.importance * 100 * total.element_count
            - total.importance as double) as importance
    from {{ ref('int_compared_rating') }} as rating
    inner join total on rating.occupation_number = total.occupation_number
),

profile as (
    select
        occupation_number,
        occupation_code,
        sqrt(sum(importance * importance)) as length,
        {% for place in range(1, compared_places() + 1) -%}
        sum(case when place = {{ place }} then importance
            else 0 end) as importance_{{ place }}{{ ',' if not loop.last }}
        {% endfor %}
    from centred
    group by occupation_number, occupation_code
    having sum(importance * importance) > 0
)

select profile.*, occupation.job_zone
from profile
inner join {{ ref('dim_occupation') }} as occupation on profile.occupation_code
    = occupation.occupation_code

-- Numbers for codes: what follows looks up millions of pairs, and on MySQL that is several times as
-- quick by number as by text.
with important as (
    select * from {{ ref('fct_occupation_element') }} where domain in {{ compared_domains() }}
        and importance is not null
),

widely_rated as (
    -- a domain that is not loaded may have a few ratings from O*NET Web Services: they are no
    -- reason to leave out everybody else
    select element_id
    from important
    group by element_id
    having count(*) * 2 >= (select count(distinct occupation_code) from important)
),

rating as (
    select
        important.*,
        dense_rank() over (order by important.occupation_code) as occupation_number,
        dense_rank() over (order by important.element_id) as place
    from important
    inner join widely_rated on important.element_id = widely_rated.element_id
),

complete as (
    select occupation_number
    from rating
    group by occupation_number
    having count(*) = (select max(place) from rating)
)

select
    {{ to_integer('rating.occupation_number') }} as occupation_number,
    {{ to_integer('rating.place') }} as place,
    rating.occupation_code,
    rating.element_id,
    rating.domain,
    rating.level,
    rating.level_variance,
    rating.level_welch,
    rating.is_not_relevant,
    rating.is_suppress_recommended,
    rating.importance,
    rating.is_supplemented
from rating
inner join complete on rating.occupation_number = complete.occupation_number

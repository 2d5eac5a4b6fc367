-- Numbers for codes: what follows looks up millions of pairs, and on MySQL that is several times as quick by number as by text.
with rating as (
    select
        *,
        dense_rank() over (order by occupation_code) as occupation_number,
        dense_rank() over (order by element_id) as place
    from {{ ref('fct_occupation_element') }}
    where domain in {{ compared_domains() }} and importance is not null
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
    rating.level,
    rating.level_n,
    rating.level_error,
    rating.is_not_relevant,
    rating.is_suppress_recommended,
    rating.importance,
    rating.is_supplemented
from rating
inner join complete on rating.occupation_number = complete.occupation_number

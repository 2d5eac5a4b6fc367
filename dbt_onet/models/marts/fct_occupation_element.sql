-- Level and importance side by side, with the words that an answer needs: a gap then reads this
-- table twice and looks up next to nothing. O*NET flags relevance on the level row only, so the
-- flags here are the level's.
with level_rating as (
    select
        *,
        -- An error of 0 means that all raters agreed to the last digit, not that there is none;
        -- whole-number ratings by N raters show no error below 1/N.
        case
            when n < 2 then null
            when standard_error * n >= 1 then cast(standard_error as double)
            when standard_error is not null then cast(1 as double) / cast(n as double)
        end as error
    from {{ ref('fct_rating') }}
    where scale_id = 'LV'
),

importance_rating as (
    select * from {{ ref('fct_rating') }} where scale_id = 'IM'
)

select
    level_rating.occupation_code,
    level_rating.element_id,
    element.domain,

    level_rating.value as level,
    level_rating.n as level_n,
    level_rating.standard_error as level_standard_error,
    level_rating.error as level_error,
    {{ side_terms('level_rating.error', 'level_rating.n') }},
    level_rating.is_not_relevant,
    level_rating.is_suppress_recommended,

    importance_rating.value as importance,
    {{ to_integer("case when 'web_services'
        in (level_rating.rating_source, importance_rating.rating_source) then 1 else 0 end") }}
        as is_supplemented,

    {{ words_of_a_rating() }}
from level_rating
{{ joined_words('level_rating', 'level_rating.value') }}
left join importance_rating
    on level_rating.occupation_code = importance_rating.occupation_code
    and level_rating.element_id = importance_rating.element_id

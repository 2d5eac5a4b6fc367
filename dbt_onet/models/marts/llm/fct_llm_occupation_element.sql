-- The sides of a gap by a model's levels: one model and wording for all, the one with the most
-- ratings, because levels of two models are not on one footing. What O*NET publishes is not filled
-- in: the model is asked for the level alone.
with counted as (
    select
        model,
        prompt_version,
        row_number() over (order by count(*) desc, model, prompt_version) as place
    from {{ ref('fct_llm_rating') }}
    group by model, prompt_version
)

select
    rating.occupation_code,
    rating.element_id,
    element.domain,

    rating.level,
    cast(null as double) as level_variance,
    cast(null as double) as level_welch,
    {{ to_integer('null') }} as is_not_relevant,
    {{ to_integer('null') }} as is_suppress_recommended,
    cast(null as decimal(5, 2)) as importance,
    {{ to_integer('0') }} as is_supplemented,

    rating.model,
    rating.prompt_version,
    rating.confidence,

    {{ words_of_a_rating() }}
from {{ ref('fct_llm_rating') }} as rating
inner join counted on rating.model = counted.model and rating.prompt_version
    = counted.prompt_version and counted.place = 1
{{ joined_words('rating', 'rating.level') }}
where element.domain is not null

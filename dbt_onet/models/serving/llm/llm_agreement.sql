-- A model's levels beside the published ones, where both exist, cut in four ways. The yardstick of
-- each is always answering the element's mean level over all rated occupations: a model that is no
-- better than that knows nothing of the occupation.
{#- null with the column's own collation: a cast in a MySQL view has another, and a union of the two
    is an error -#}
{% set nobodys_element = "max(case when 1 = 0 then element_id end)" %}
{% set cuts = {'model': [], 'element': ['element_id'], 'job_zone': ['job_zone'],
    'element_and_job_zone': ['element_id', 'job_zone']} %}
with element_mean as (
    select element_id, avg(level) as level
    from {{ ref('fct_occupation_element') }}
    group by element_id
),

pair as (
    select
        rating.model,
        rating.prompt_version,
        rating.element_id,
        occupation.job_zone,
        cast(rating.level as double) as scored,
        cast(published.level as double) as published,
        published.level_error,
        cast(element_mean.level as double) as mean_level
    from {{ ref('fct_llm_rating') }} as rating
    inner join {{ ref('fct_occupation_element') }} as published
        on rating.occupation_code = published.occupation_code and rating.element_id
            = published.element_id
    inner join element_mean on rating.element_id = element_mean.element_id
    inner join {{ ref('dim_occupation') }} as occupation on rating.occupation_code
        = occupation.occupation_code
),

{% for cut, columns in cuts.items() %}
{% set slice = (['model', 'prompt_version'] + columns) | join(', ') %}
ranked_{{ cut }} as (
    -- equal values share the middle of their places, as in Spearman's correlation
    select
        pair.*,
        rank() over (partition by {{ slice }} order by scored)
            + (count(*) over (partition by {{ slice }}, scored) - 1) / 2.0 as scored_rank,
        rank() over (partition by {{ slice }} order by published)
            + (count(*) over (partition by {{ slice }}, published) - 1) / 2.0 as published_rank
    from pair
),

agreed_{{ cut }} as (
    select
        '{{ cut }}' as cut_by,
        model,
        prompt_version,
        {{ 'element_id' if 'element_id' in columns else nobodys_element }} as element_id,
        {{ 'job_zone' if 'job_zone' in columns else to_integer('null') }} as job_zone,
        count(*) as pair_count,
        avg(abs(scored - published)) as mean_absolute_error,
        avg(abs(mean_level - published)) as mean_absolute_error_of_mean,
        avg(scored - published) as bias,
        (count(*) * sum(scored_rank * published_rank) - sum(scored_rank) * sum(published_rank))
        / nullif(
            sqrt(count(*) * sum(scored_rank * scored_rank) - sum(scored_rank) * sum(scored_rank))
            * sqrt(count(*) * sum(published_rank * published_rank) - sum(published_rank)
                * sum(published_rank)), 0
        ) as rank_correlation,
        avg(case when abs(scored - published) <= level_error then cast(1 as double)
            when level_error is not null then 0 end) as share_within_error
    from ranked_{{ cut }}
    group by {{ slice }}
){{ ',' if not loop.last }}
{% endfor %}

{% for cut in cuts %}
select
    cut_by,
    model,
    prompt_version,
    element_id,
    job_zone,
    pair_count,
    round(mean_absolute_error, 4) as mean_absolute_error,
    round(mean_absolute_error_of_mean, 4) as mean_absolute_error_of_mean,
    round(bias, 4) as bias,
    round(cast(rank_correlation as double), 4) as rank_correlation,
    round(share_within_error, 4) as share_within_error,
    case when mean_absolute_error < mean_absolute_error_of_mean then 1 else 0
        end as is_better_than_mean
from agreed_{{ cut }}
{% if not loop.last %}union all{% endif %}
{% endfor %}

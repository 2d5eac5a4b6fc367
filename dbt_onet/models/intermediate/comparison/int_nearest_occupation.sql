-- Of each source the best of both orders at each job-zone step, so that an answer narrowed to any
-- step still has the best of all pairs.
{% set weights = likely_weights() %}
with undirected as (
    select
        pair.one_number,
        pair.other_number,
        pair.job_zone_step,
        pair.similarity,
        coalesce(words.word_similarity, 0) as word_similarity
    from {{ ref('int_occupation_similarity') }} as pair
    left join {{ ref('int_word_similarity') }} as words
        on pair.one_number = words.one_number
        and pair.other_number = words.other_number
),

directed as (
    select
        one_number as from_number,
        other_number as to_number,
        job_zone_step,
        similarity,
        word_similarity
    from undirected
    union all
    select
        other_number as from_number,
        one_number as to_number,
        -job_zone_step as job_zone_step,
        similarity,
        word_similarity
    from undirected
),

scored as (
    select
        directed.*,
        related.related_index,
        jobs.job_share,
        {{ to_four_decimals(
            'directed.similarity + ' ~ weights.words ~ ' * directed.word_similarity'
            ~ ' + coalesce(related.related_term, 0) + jobs.job_term'
        ) }} as likely_score
    from directed
    left join {{ ref('int_compared_related') }} as related on directed.from_number
        = related.from_number and directed.to_number = related.to_number
    left join {{ ref('int_compared_jobs') }} as jobs on directed.to_number = jobs.occupation_number
),

placed as (
    select
        scored.*,
        row_number() over (
            partition by from_number, job_zone_step order by similarity desc, to_number
        ) as similarity_place,
        row_number() over (
            partition by from_number, job_zone_step
            order by likely_score is null, likely_score desc, to_number
        ) as likely_place
    from scored
)

select
    from_number,
    to_number,
    job_zone_step,
    similarity,
    word_similarity,
    related_index,
    job_share,
    likely_score
from placed
where similarity_place <= {{ kept_transitions() }}
    or (likely_place <= {{ kept_transitions() }} and likely_score is not null)

-- The newest answer about each pair: a prompt differs where a release changes a description or a
-- task.
with ranked as (
    select
        answer.*,
        row_number() over (
            partition by answer.occupation_code, answer.element_id, answer.model,
                answer.prompt_version
            order by answer.asked_at desc, answer.prompt_hash
        ) as place
    from {{ ref('stg_llm_answer') }} as answer
    inner join {{ ref('dim_occupation') }} as occupation on answer.occupation_code
        = occupation.occupation_code
    inner join {{ ref('dim_element') }} as element on answer.element_id = element.element_id
    where answer.level is not null
)

select
    occupation_code,
    element_id,
    model,
    prompt_version,
    level,
    confidence,
    justification,
    cast(asked_at as datetime) as asked_at
from ranked
where place = 1

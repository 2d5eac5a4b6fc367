-- Tasks with the means of their ratings beside them; no rating where O*NET has not surveyed the
-- task, or the release lacks the file.
with rated as (
    select
        task_id,
        max(case when scale_id = 'IM' then value end) as importance,
        max(case when scale_id = 'RT' then value end) as relevance
    from {{ ref('stg_task_rating') }}
    group by task_id
)

select
    task.task_id,
    task.occupation_code,
    task.task,
    task.task_type,
    rated.importance,
    rated.relevance
from {{ ref('stg_task') }} as task
left join rated on task.task_id = rated.task_id

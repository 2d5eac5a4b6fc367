-- O*NET's own order of weight: core tasks, then the rest; within each the more important, then the
-- more widely relevant.
select
    occupation_code,
    task_id,
    task,
    task_type,
    importance,
    relevance,
    case task_type when 'Core' then 1 when 'Supplemental' then 2 else 3 end as task_type_order
from {{ ref('fct_task') }}

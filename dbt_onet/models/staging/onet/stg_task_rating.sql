-- Importance (IM) and relevance (RT). The third scale, how often (FT), is a share per category and
-- says nothing of the order of tasks.
select
    {{ typed('task_id', 'integer') }} as task_id,
    {{ typed('scale_id', 'scale id') }} as scale_id,
    {{ typed('data_value', 'decimal(5,2)') }} as value
from {{ source('raw', 'task_ratings') }}
where {{ in_current_load() }} and scale_id in ('IM', 'RT')

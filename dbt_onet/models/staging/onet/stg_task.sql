select
    {{ typed('task_id', 'integer') }} as task_id,
    {{ typed('onetsoc_code', 'occupation code') }} as occupation_code,
    {{ typed('task', 'text(1000)') }} as task,
    {{ typed('task_type', 'text(12)') }} as task_type
from {{ source('raw', 'task_statements') }}
where {{ in_current_load() }}

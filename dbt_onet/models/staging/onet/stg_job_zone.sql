select
    {{ typed('onetsoc_code', 'occupation code') }} as occupation_code,
    {{ typed('job_zone', 'integer') }} as job_zone
from {{ source('raw', 'job_zones') }}
where {{ in_current_load() }}

select
    {{ typed('onetsoc_code', 'occupation code') }} as occupation_code,
    {{ typed('reported_job_title', 'text(150)') }} as title
from {{ source('raw', 'sample_of_reported_titles') }}
where {{ in_current_load() }}

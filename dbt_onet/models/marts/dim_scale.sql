select scale_id, scale_name, minimum, maximum
from {{ ref('stg_scale') }}

select
    dataset,
    vintage,
    vintage_name,
    file_name,
    official_address,
    sha256,
    row_count,
    landed_at,
    is_newest
from {{ ref('stg_labor_file') }}

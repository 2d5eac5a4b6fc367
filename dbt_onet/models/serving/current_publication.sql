select
    build_id,
    onet_release,
    source,
    load_id,
    loaded_at,
    published_at,
    file_checksums,
    landed_row_count,
    rejected_row_count,
    occupation_count,
    rating_count,
    passed_test_count,
    warned_test_count
from {{ ref('publication') }}

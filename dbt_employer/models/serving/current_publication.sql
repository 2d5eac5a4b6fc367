select
    build_id,
    load_id,
    as_of_date,
    onet_release,
    onet_build_id,
    published_at,
    passed_test_count,
    warned_test_count
from {{ ref('publication') }}

select
    code.code_id,
    code.code_system,
    code.code,
    code.title as code_title,
    bridge.occupation_code,
    occupation.title as occupation_title,
    bridge.is_partial
from {{ ref('dim_code') }} as code
left join {{ ref('bridge_occupation_code') }} as bridge on code.code_id = bridge.code_id
left join {{ ref('dim_occupation') }} as occupation on bridge.occupation_code
    = occupation.occupation_code

select
    code.code_system,
    code.code,
    code.title as code_title,
    bridge.occupation_code,
    occupation.title as occupation_title,
    bridge.is_partial
from {{ ref('dim_code') }} as code
left join {{ ref('bridge_occupation_code') }} as bridge on code.code_system = bridge.code_system and code.code = bridge.code
left join {{ ref('dim_occupation') }} as occupation on bridge.occupation_code = occupation.occupation_code

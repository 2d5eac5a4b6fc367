select
    prompt_hash,
    {{ typed('onetsoc_code', 'occupation code') }} as occupation_code,
    {{ typed('element_id', 'element id') }} as element_id,
    {{ typed('model', 'text(120)') }} as model,
    {{ typed('prompt_version', 'text(20)') }} as prompt_version,

    {{ typed('level', 'decimal(5,2)') }} as level,
    {{ typed('confidence', 'decimal(5,4)') }} as confidence,
    {{ typed('justification', 'text(1000)') }} as justification,
    asked_at
from {{ source('raw', 'llm_answer') }}
where state = 'accepted'

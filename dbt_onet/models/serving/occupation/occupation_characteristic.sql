-- Interests, work values and work styles have no level and so no gap: their meaning is what stands
-- out in an occupation, which is the order within it.
select
    characteristic.occupation_code,
    element.domain,
    characteristic.element_id,
    element.element_name,
    characteristic.value,
    characteristic.scale_id,
    scale.scale_name,
    scale.minimum as scale_minimum,
    scale.maximum as scale_maximum
from {{ ref('fct_worker_characteristic') }} as characteristic
inner join {{ ref('dim_element') }} as element on characteristic.element_id = element.element_id
inner join {{ ref('dim_scale') }} as scale on characteristic.scale_id = scale.scale_id

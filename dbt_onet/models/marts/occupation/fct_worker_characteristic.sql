-- One score for each element, on the scale that carries it: OI interest, EX extent of a work value,
-- IM importance or (from 30.x) WI impact of a work style. The other scales (IH, VH high points, DR
-- rank) only repeat the order of these.
select
    occupation_code,
    element_id,
    scale_id,
    value
from {{ ref('stg_worker_characteristic') }}
where scale_id in ('OI', 'EX', 'IM', 'WI') and value is not null

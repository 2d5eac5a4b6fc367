-- The scores of interests, work values and work styles lie between the minimum and maximum that the
-- release itself gives for their scale, as ratings do (the test of values beside this one): WI goes
-- below zero. Of the ranks beside them (IH, VH, DR) one of 29.2 lies below its minimum; none is
-- published.
select score.occupation_code, score.element_id, score.scale_id, score.value, scale.minimum,
    scale.maximum
from {{ ref('stg_worker_characteristic') }} as score
inner join {{ ref('dim_scale') }} as scale on score.scale_id = scale.scale_id
where score.scale_id in ('OI', 'EX', 'IM', 'WI') and score.value not between scale.minimum
    and scale.maximum

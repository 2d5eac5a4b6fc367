-- O*NET rates every element on both scales or on neither. One without the other means that rows
-- were lost on the way.
select occupation_code, element_id, count(*) as scale_count
from {{ ref('stg_rating') }}
group by occupation_code, element_id
having count(*) <> 2

-- Each anchor stands for the levels nearer to it than to the next one; half-way counts to the
-- lower, which promises less.
select
    element_id,
    anchor_level,
    description,
    cast(coalesce((lag(anchor_level) over outline + anchor_level) / 2, 0) as decimal(5,
        2)) as above_level,
    cast(coalesce((lead(anchor_level) over outline + anchor_level) / 2, 7) as decimal(5,
        2)) as up_to_level
from {{ ref('stg_level_anchor') }}
window outline as (partition by element_id order by anchor_level)

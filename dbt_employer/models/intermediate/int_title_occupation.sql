-- Titles that are of exactly one occupation, O*NET's own, alternate and reported ones alike: the
-- others are left to a person's judgement.
select
    normalized_title,
    min(occupation_code) as occupation_code
from {{ ref('stg_onet_title') }}
group by normalized_title
having count(distinct occupation_code) = 1

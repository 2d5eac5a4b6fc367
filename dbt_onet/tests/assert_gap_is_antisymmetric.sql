-- For every element, the gap a → b is the negative of b → a, and none is higher both ways. The
-- whole view has millions of rows: here the first and the last rated occupation stand for all, and
-- the project's own tests compare every pair with an independent computation. Scalar subqueries,
-- because MySQL opens the view once for each row of anything that is joined to it.
{% set first %}(select min(occupation_code) from {{ ref('dim_occupation') }} where is_rated_skills
    = 1){% endset %}
{% set last %}(select max(occupation_code) from {{ ref('dim_occupation') }} where is_rated_skills
    = 1){% endset %}
with there as (
    select * from {{ ref('skill_gap') }} where from_occupation_code = {{ first }}
        and to_occupation_code = {{ last }}
),

back as (
    select * from {{ ref('skill_gap') }} where from_occupation_code = {{ last }}
        and to_occupation_code = {{ first }}
)

select there.element_id, there.level_gap, back.level_gap as level_gap_back, there.is_higher,
    back.is_higher as is_higher_back
from there
inner join back on there.element_id = back.element_id
where there.level_gap <> -back.level_gap or there.is_higher + back.is_higher > 1

-- What a move changes in pay, and the openings there. Two occupations with the figures of one and
-- the same group are not told apart by them: no change is known, which is not a change of 0. Of a
-- source that is only known to earn at least so much, neither is.
{% set is_known %}source.is_median_annual_wage_at_least = 0
    and source.wage_source_code <> target.wage_source_code{% endset %}
select
    source.occupation_code as from_occupation_code,
    target.occupation_code as to_occupation_code,

    source.wage_vintage_name,
    source.median_annual_wage as from_median_annual_wage,
    source.is_median_annual_wage_at_least as from_is_at_least,
    source.wage_match_kind as from_wage_match_kind,
    target.median_annual_wage as to_median_annual_wage,
    target.is_median_annual_wage_at_least as to_is_at_least,
    target.wage_match_kind as to_wage_match_kind,
    case when {{ is_known }} then target.median_annual_wage - source.median_annual_wage
        end as median_annual_wage_change,
    case when {{ is_known }} then target.is_median_annual_wage_at_least end as is_change_at_least,

    target.outlook_vintage_name,
    target.annual_openings as to_annual_openings,
    target.outlook_match_kind as to_outlook_match_kind
from {{ ref('dim_occupation') }} as source
cross join {{ ref('dim_occupation') }} as target

-- `int_importance_profile` has a fixed number of columns: a release that rates more elements of
-- skills and knowledge would be compared by some of them only.
select count(distinct element_id) as element_count
from {{ ref('fct_occupation_element') }}
where domain in {{ compared_domains() }}
having count(distinct element_id) > {{ compared_places() }}

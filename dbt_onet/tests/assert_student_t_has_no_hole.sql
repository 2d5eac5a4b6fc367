-- `skill_comparison` looks up whole degrees of freedom from 1 to 120: a missing one would silently
-- leave a gap undecided.
select min(degrees_of_freedom) as lowest, max(degrees_of_freedom) as highest, count(*) as row_count
from {{ ref('dim_student_t') }}
having not (min(degrees_of_freedom) = 1 and max(degrees_of_freedom) = 120 and count(*) = 120)

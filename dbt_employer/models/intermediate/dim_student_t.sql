select
    {{ to_integer('degrees_of_freedom') }} as degrees_of_freedom,
    cast(t_975 as double) as t_975
from {{ ref('student_t_quantile') }}

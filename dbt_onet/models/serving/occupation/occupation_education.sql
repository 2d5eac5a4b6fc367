select
    education.occupation_code,
    education.education_level,
    education_level.description,
    education.percent,
    education.is_typical
from {{ ref('fct_occupation_education') }} as education
inner join {{ ref('dim_education_level') }} as education_level on education.education_level
    = education_level.education_level

select
    outlook.occupation_code,
    occupation.title as occupation_title,
    outlook.vintage,
    source.vintage_name,
    source.is_newest,
    outlook.match_kind,
    outlook.is_shared,
    outlook.source_code,
    outlook.source_title,
    outlook.employment,
    outlook.projected_employment,
    outlook.employment_change,
    outlook.employment_change_percent,
    outlook.annual_openings,
    outlook.self_employed_percent,
    outlook.education,
    outlook.work_experience,
    outlook.training,
    outlook.handbook_address,
    source.official_address
from {{ ref('fct_occupation_outlook') }} as outlook
inner join {{ ref('dim_occupation') }} as occupation on outlook.occupation_code
    = occupation.occupation_code
inner join {{ ref('dim_labor_file') }} as source on source.dataset = 'employment_projections'
    and outlook.vintage = source.vintage

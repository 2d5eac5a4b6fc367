select
    occupation_code,
    vintage,
    match_kind,
    is_shared,
    source_code,
    source_title,
    employment,
    projected_employment,
    employment_change,
    employment_change_percent,
    annual_openings,
    self_employed_percent,
    education,
    work_experience,
    training,
    handbook_address
from {{ ref('int_matched_outlook') }}

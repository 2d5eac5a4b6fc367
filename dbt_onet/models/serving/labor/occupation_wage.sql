select
    wage.occupation_code,
    occupation.title as occupation_title,
    wage.vintage,
    source.vintage_name,
    source.is_newest,
    wage.match_kind,
    wage.is_shared,
    wage.source_code,
    wage.source_title,
    wage.employment,
    wage.employment_relative_error,
    wage.mean_relative_error,
    {% for column in wage_columns() -%}
    wage.{{ column }},
    {% endfor -%}
    source.official_address
from {{ ref('fct_occupation_wage') }} as wage
inner join {{ ref('dim_occupation') }} as occupation on wage.occupation_code
    = occupation.occupation_code
inner join {{ ref('dim_labor_file') }} as source on source.dataset = 'oews_national'
    and wage.vintage = source.vintage

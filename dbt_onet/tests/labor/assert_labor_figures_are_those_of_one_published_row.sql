-- No figure of an occupation is a sum or a mean over several: each is the published figure of its
-- `source_code`. Nobody may add the jobs of merged codes, or average their wages.
{% set figures = ['source_title', 'employment', 'employment_relative_error', 'mean_relative_error']
    + wage_columns() %}
select wage.occupation_code, wage.vintage, wage.source_code, 'wage' as figures
from {{ ref('fct_occupation_wage') }} as wage
left join {{ ref('stg_labor_wage') }} as published
    on wage.vintage = published.vintage
    and wage.source_code = published.source_code
    and published.occupation_group = 'detailed'
where {% for figure in figures %}{{ 'or ' if not loop.first }}coalesce(wage.{{
    figure }} <> published.{{ figure }},
    (wage.{{ figure }} is null) <> (published.{{ figure }} is null))
    {% endfor %}
union all
select outlook.occupation_code, outlook.vintage, outlook.source_code, 'outlook' as figures
from {{ ref('fct_occupation_outlook') }} as outlook
left join {{ ref('stg_labor_projection') }} as published
    on outlook.vintage = published.vintage
    and outlook.source_code = published.source_code
    and published.occupation_type = 'Line item'
where coalesce(outlook.employment <> published.employment_thousands * 1000,
    (outlook.employment is null) <> (published.employment_thousands is null))
    or coalesce(outlook.annual_openings <> published.annual_openings_thousands * 1000,
        (outlook.annual_openings is null) <> (published.annual_openings_thousands is null))

-- Line items and summaries of every vintage. A title is indented by its level; a wage of
-- `>=$239,200` is at least that, kept with a flag.
{% set wage = "replace(replace(median_annual_wage, '>=$', ''), ',', '')" %}
select
    projection.vintage,
    {{ typed('nem_code', 'text(7)') }} as source_code,
    {{ typed('trim(nem_title)', 'text(200)') }} as source_title,
    {{ typed('occupation_type', 'text(10)') }} as occupation_type,

    {{ typed_or_mark('employment_base', 'decimal(10,1)') }} as employment_thousands,
    {{ typed_or_mark('employment_projected', 'decimal(10,1)') }} as projected_employment_thousands,
    {{ typed_or_mark('employment_change', 'decimal(10,1)') }} as employment_change_thousands,
    {{ typed_or_mark('employment_change_percent', 'decimal(6,1)') }} as employment_change_percent,
    {{ typed_or_mark('self_employed_percent', 'decimal(6,1)') }} as self_employed_percent,
    {{ typed_or_mark('annual_openings', 'decimal(10,1)') }} as annual_openings_thousands,
    {{ typed_or_mark(wage, 'integer') }} as median_annual_wage,
    {{ to_integer("case when left(median_annual_wage, 2) = '>=' then 1 when "
        ~ typed_or_mark(wage, 'integer') ~ " is not null then 0 end") }}
        as is_median_annual_wage_at_least,

    case when education <> '—' then {{ typed('education', 'text(60)') }} end as education,
    case when work_experience <> '—' then {{ typed('work_experience', 'text(60)') }}
        end as work_experience,
    case when training <> '—' then {{ typed('training', 'text(60)') }} end as training
from {{ source('raw', 'labor_projection') }} as projection
inner join {{ current_labor_files() }} as current_file
    on projection.vintage = current_file.vintage
    and projection.load_id = current_file.load_id
    and current_file.dataset = 'employment_projections'

-- Every figure of a labour-market file is a number or one of the publisher's marks: what is neither
-- would become null without a word. BLS uses `*` and `**` (not available), `#` (at least the top
-- code, which the file must name) and `~` in wages; a dash and `>=$…` in projections.
{% set counts = {'tot_emp': 'integer', 'emp_prse': 'decimal(6,1)', 'mean_prse': 'decimal(6,1)'} %}
{% for column, type in counts.items() %}
select 'labor_wage' as table_name, vintage, line_number, '{{ column }}' as column_name,
    {{ column }} as published_text
from {{ source('raw', 'labor_wage') }}
where {{ column }} is not null and {{ column }} not in ('*', '**', '~')
    and {{ typed(column, type) }} is null
union all
{% endfor %}
{% for prefix, rate in wage_rates().items() %}
{% for published in wage_figures() %}
{% set column = prefix ~ '_' ~ published %}
select 'labor_wage' as table_name, wage.vintage, wage.line_number, '{{ column }}' as column_name,
    wage.{{ column }} as published_text
from {{ source('raw', 'labor_wage') }} as wage
left join {{ ref('stg_labor_file') }} as file on file.dataset = 'oews_national' and wage.vintage
    = file.vintage
where (wage.{{ column }} is not null and wage.{{ column }} not in ('*', '#')
    and {{ typed('wage.' ~ column, rate.type) }} is null)
    or (wage.{{ column }} = '#' and file.{{ rate.top_code }} is null)
union all
{% endfor %}
{% endfor %}
{% set jobs = 'decimal(10,1)' %}
{% set figures = {
    'employment_base': jobs, 'employment_projected': jobs, 'employment_change': jobs,
        'annual_openings': jobs,
    'employment_change_percent': 'decimal(6,1)', 'self_employed_percent': 'decimal(6,1)',
} %}
{% for column, type in figures.items() %}
select 'labor_projection' as table_name, vintage, line_number, '{{ column }}' as column_name,
    {{ column }} as published_text
from {{ source('raw', 'labor_projection') }}
where {{ column }} is not null and {{ column }} <> '—' and {{ typed(column, type) }} is null
union all
{% endfor %}
select 'labor_projection' as table_name, vintage, line_number, 'median_annual_wage' as column_name,
    median_annual_wage as published_text
from {{ source('raw', 'labor_projection') }}
where median_annual_wage is not null
    and median_annual_wage <> '—'
    and not ({{ matches('median_annual_wage', '[0-9]{1,9}|>=[$][0-9,]{1,11}') }})

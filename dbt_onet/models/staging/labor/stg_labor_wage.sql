-- All occupation groups, from all occupations down to the detailed ones, of every vintage. `#` is a
-- wage of at least the file's top code, which is kept with a flag; the other marks are no number
-- and become null.
select
    wage.vintage,
    {{ typed('occ_code', 'text(7)') }} as source_code,
    {{ typed('occ_title', 'text(200)') }} as source_title,
    {{ typed('o_group', 'text(10)') }} as occupation_group,

    {{ typed_or_mark('tot_emp', 'integer') }} as employment,
    {{ typed_or_mark('emp_prse', 'decimal(6,1)') }} as employment_relative_error,
    {{ typed_or_mark('mean_prse', 'decimal(6,1)') }} as mean_relative_error,
{%- for prefix, rate in wage_rates().items() %}
{%- for published, figure in wage_figures().items() %}
{%- set column = prefix ~ '_' ~ published %}
    {{ wage_or_top_code(column, rate.type, rate.top_code) }} as {{ rate.name }}_{{ figure }},
    {{ to_integer("case when " ~ column ~ " = '#' then 1 when " ~ typed_or_mark(column, rate.type)
        ~ " is not null then 0 end") }}
        as is_{{ rate.name }}_{{ figure }}_at_least{{ ',' if not (loop.last and prefix == 'a') }}
{%- endfor %}
{%- endfor %}
from {{ source('raw', 'labor_wage') }} as wage
inner join {{ source('raw', 'labor_file') }} as file
    on wage.vintage = file.vintage
    and wage.load_id = file.load_id
    and file.dataset = 'oews_national'
inner join {{ current_labor_files() }} as current_file
    on file.dataset = current_file.dataset
    and file.vintage = current_file.vintage
    and file.load_id = current_file.load_id

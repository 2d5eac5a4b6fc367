-- The newest file of each table has no more errors than EMPLOYER_MAX_ERROR_SHARE allows. Above it
-- the file is more likely of another layout than the
-- rows wrong: nothing is published.
with faulty as (
    {% for table, model in {
        'employees': 'int_employee_row', 'plans': 'int_plan_row', 'claims': 'int_claim_row',
            'companies': 'int_company_row',
        'company_lookup': 'int_company_lookup_row', 'title_map': 'int_title_map_row',
            'target_occupations': 'int_target_occupation_row',
    }.items() -%}
    select '{{ table }}' as table_name, load_id from {{ ref(model) }} where status = 'error'
    union all
    {% endfor -%}
    select table_name, load_id from {{ ref('stg_reject') }}
)

select
    file.table_name,
    file.file_name,
    file.rows_read,
    count(*) as error_count
from {{ ref('stg_load_file') }} as file
inner join faulty on file.table_name = faulty.table_name and file.load_id = faulty.load_id
where file.is_newest = 1
group by file.table_name, file.file_name, file.rows_read
having count(*) > {{ env_var('EMPLOYER_MAX_ERROR_SHARE', '') or '0.2' }} * file.rows_read

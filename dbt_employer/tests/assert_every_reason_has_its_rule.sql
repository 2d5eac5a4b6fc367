-- Each code that a model writes is explained by the seed: one that is not would be lost on its way
-- to `validation_error`.
{% for table, model in {
    'employees': 'int_employee_row', 'plans': 'int_plan_row', 'claims': 'int_claim_row',
        'companies': 'int_company_row',
    'company_lookup': 'int_company_lookup_row', 'title_map': 'int_title_map_row',
        'target_occupations': 'int_target_occupation_row',
}.items() -%}
select distinct
    '{{ table }}' as table_name,
    judged.errors
from {{ ref(model) }} as judged
where
    judged.status = 'error'
    and not exists (
        select 1
        from {{ ref('validation_rule') }} as rule
        where
            rule.table_name = '{{ table }}'
            and rule.severity = 'error'
            and position(concat(';', rule.field, ':', rule.reason, ';') in judged.errors) > 0
    )
{{ 'union all' if not loop.last }}
{% endfor %}

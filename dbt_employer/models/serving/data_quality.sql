select
    table_name,
    severity,
    field,
    reason,
    count(*) as row_count
from {{ ref('validation_error') }}
group by table_name, severity, field, reason
union all
select 'employees' as table_name, 'clean' as severity, 'row' as field, 'valid' as reason, count(*)
    as row_count
from {{ ref('dim_employee') }}
union all
select 'employees' as table_name, 'clean' as severity, 'title' as field, mapping_method
    as reason, count(*) as row_count
from {{ ref('fct_roster_occupation') }}
group by mapping_method
union all
select 'plans' as table_name, 'clean' as severity, 'row' as field, 'valid' as reason, count(*)
    as row_count
from {{ ref('dim_plan_period') }}
union all
select 'claims' as table_name, 'clean' as severity, 'row' as field, 'valid' as reason, count(*)
    as row_count
from {{ ref('fct_claim') }}

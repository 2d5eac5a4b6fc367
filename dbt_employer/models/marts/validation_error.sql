-- Which rows are set aside or doubtful, and why: the place of each, never its values. An error that
-- a later valid row with the same key has put right
-- is none any more.
{% set reference = {
    'companies': 'int_company_row',
    'company_lookup': 'int_company_lookup_row',
    'title_map': 'int_title_map_row',
    'target_occupations': 'int_target_occupation_row',
} -%}
with {{ newest_snapshots(ref('int_employee_row')) }},

judged as (
    {% for table, model in reference.items() -%}
    select '{{ table }}' as table_name, load_id, file_name, line_number, errors, status from
        {{ ref(model) }} where status <> 'ok'
    union all
    {% endfor -%}
    select 'employees' as table_name, faulty.load_id, faulty.file_name, faulty.line_number,
        faulty.errors, faulty.status
    from {{ ref('int_employee_row') }} as faulty
    left join snapshot_of on faulty.company_ein = snapshot_of.snapshot_ein
    where
        faulty.status = 'error'
        and faulty.load_id >= coalesce(snapshot_of.snapshot_load_id, 0)
        and not exists (
            select 1
            from {{ ref('int_employee') }} as valid
            where
                valid.person_id = faulty.person_id
                and valid.load_id > faulty.load_id
                and (valid.company_ein = faulty.company_ein or faulty.errors like '%;company_ein:%')
        )
    union all
    select 'plans' as table_name, faulty.load_id, faulty.file_name, faulty.line_number,
        faulty.errors, faulty.status
    from {{ ref('int_plan_row') }} as faulty
    where
        faulty.status = 'error'
        and not exists (
            select 1
            from {{ ref('int_plan') }} as valid
            where
                valid.company_ein = faulty.company_ein
                and valid.plan_type = faulty.plan_type
                and valid.carrier_name = faulty.carrier_name
                and valid.load_id > faulty.load_id
                and (valid.start_date = faulty.start_date or faulty.start_date is null)
        )
    union all
    select 'claims' as table_name, faulty.load_id, faulty.file_name, faulty.line_number,
        faulty.errors, faulty.status
    from {{ ref('int_claim_row') }} as faulty
    where
        faulty.status = 'error'
        and not exists (
            select 1
            from {{ ref('int_claim') }} as valid
            where
                valid.claim_id = faulty.claim_id
                and valid.load_id > faulty.load_id
                and (valid.company_ein = faulty.company_ein or faulty.errors like '%;company_ein:%')
        )
    union all
    select 'employees' as table_name, twin.load_id, twin.file_name, twin.line_number, twin.errors,
        twin.status
    from {{ ref('int_employee_row') }} as twin
    inner join {{ ref('int_employee') }} as kept
        on twin.company_ein = kept.company_ein and twin.person_id = kept.person_id
            and twin.load_id = kept.load_id
    where twin.status = 'duplicate'
    union all
    select 'plans' as table_name, twin.load_id, twin.file_name, twin.line_number, twin.errors,
        twin.status
    from {{ ref('int_plan_row') }} as twin
    inner join {{ ref('int_plan') }} as kept
        on twin.company_ein = kept.company_ein
        and twin.plan_type = kept.plan_type
        and twin.carrier_name = kept.carrier_name
        and twin.start_date = kept.start_date
        and twin.load_id = kept.load_id
    where twin.status = 'duplicate'
    union all
    select 'claims' as table_name, twin.load_id, twin.file_name, twin.line_number, twin.errors,
        twin.status
    from {{ ref('int_claim_row') }} as twin
    left join {{ ref('int_claim_version') }} as newest
        on twin.company_ein = newest.key_1 and twin.claim_id = newest.key_2
    where twin.status = 'duplicate'
        and (newest.newest_load_id is null or newest.newest_load_id = twin.load_id)
),

two_companies as (
    select person_id from {{ ref('int_employee') }} group by person_id having count(*) > 1
),

found as (
    select judged.table_name, judged.load_id, judged.file_name, judged.line_number, rule.field,
        rule.reason
    from judged
    inner join {{ ref('validation_rule') }} as rule
        on judged.table_name = rule.table_name
        and judged.status = 'error'
        and rule.severity = 'error'
        and position(concat(';', rule.field, ':', rule.reason, ';') in judged.errors) > 0
    union all
    select table_name, load_id, file_name, line_number, 'row' as field, 'exact_duplicate' as reason
        from judged where status = 'duplicate'
    union all
    select table_name, load_id, file_name, line_number, 'row' as field, 'not_a_row' as reason from
        {{ ref('int_reject') }}
    union all
    select 'employees' as table_name, load_id, file_name, line_number, 'title'
        as field, 'missing_title' as reason
    from {{ ref('int_employee') }}
    where title is null
    union all
    select 'employees' as table_name, load_id, file_name, line_number, 'email'
        as field, 'missing_email' as reason
    from {{ ref('int_employee') }}
    where email is null
    union all
    select 'employees' as table_name, load_id, file_name, line_number, 'email'
        as field, 'domain_contradicts_ein' as reason
    from {{ ref('int_employee') }}
    where domain_ein <> company_ein
    union all
    select 'employees' as table_name, load_id, file_name, line_number, 'person_id'
        as field, 'person_in_two_companies' as reason
    from {{ ref('int_employee') }}
    where person_id in (select person_id from two_companies)
    {% if var('onet_is_published') -%}
    union all
    select 'employees' as table_name, load_id, file_name, line_number, 'occupation_code'
        as field, 'unknown_occupation' as reason
    from {{ ref('int_employee') }}
    where occupation_code is not null and occupation_code not in (select occupation_code from
        {{ ref('stg_onet_occupation') }})
    {% for table in ['title_map', 'target_occupations'] -%}
    union all
    select '{{ table }}' as table_name, load_id, file_name, line_number, 'occupation_code'
        as field, 'unknown_occupation' as reason
    from {{ ref(reference[table]) }}
    where status = 'ok' and occupation_code not in (select occupation_code from
        {{ ref('stg_onet_occupation') }})
    {% endfor -%}
    {%- endif %}
    union all
    select 'claims' as table_name, claim.load_id, claim.file_name, claim.line_number, 'service_date'
        as field, 'outside_coverage' as reason
    from {{ ref('int_claim') }} as claim
    left join {{ ref('fct_coverage_span') }} as span
        on claim.company_ein = span.company_ein
        and claim.claim_type = span.plan_type
        and claim.service_date >= span.start_date
        and (claim.service_date <= span.end_date or span.end_date is null)
    where span.company_ein is null
)

select
    {{ to_integer('found.load_id') }} as load_id,
    found.table_name,
    {{ to_integer('found.line_number') }} as line_number,
    found.field,
    found.reason,
    found.file_name,
    rule.severity
from found
inner join {{ ref('validation_rule') }} as rule
    on found.table_name = rule.table_name and found.field = rule.field
        and found.reason = rule.reason

-- Periods that overlap or follow each other without a free day are one span. An open end is the
-- last day of the calendar while days are counted.
{% set open_end = 2932896 -%}
{% set in_order = 'partition by company_ein, plan_type order by start_day, end_day, carrier_name'
    -%}
with period as (
    select
        company_ein,
        plan_type,
        carrier_name,
        {{ day_number('start_date') }} as start_day,
        case when end_date is null then {{ open_end }} else {{ day_number('end_date') }} end
            as end_day
    from {{ ref('dim_plan_period') }}
),

ordered as (
    select
        period.*,
        max(end_day) over ({{ in_order }} rows between unbounded preceding and 1 preceding)
            as earlier_end
    from period
),

numbered as (
    select
        ordered.*,
        sum(case when earlier_end is null or start_day > earlier_end + 1 then 1 else 0 end)
            over ({{ in_order }} rows between unbounded preceding and current row) as span_number
    from ordered
),

placed as (
    select
        numbered.*,
        row_number() over (
            partition by company_ein, plan_type, span_number
                order by start_day, end_day desc, carrier_name
        ) as place_from_start,
        row_number() over (
            partition by company_ein, plan_type, span_number
                order by end_day desc, start_day, carrier_name
        ) as place_from_end
    from numbered
),

span as (
    select
        company_ein,
        plan_type,
        span_number,
        min(start_day) as start_day,
        max(end_day) as end_day,
        max(case when place_from_start = 1 then carrier_name end) as first_carrier_name,
        max(case when place_from_end = 1 then carrier_name end) as last_carrier_name,
        count(*) as period_count
    from placed
    group by company_ein, plan_type, span_number
)

select
    span.company_ein,
    span.plan_type,
    {{ to_integer('span.span_number') }} as span_number,
    {{ date_of_day('span.start_day') }} as start_date,
    case when span.end_day < {{ open_end }} then {{ date_of_day('span.end_day') }} end as end_date,
    span.first_carrier_name,
    span.last_carrier_name,
    {{ to_integer('span.period_count') }} as period_count,
    {{ to_integer("case when span.end_day < " ~ day_number('as_of.as_of_date')
        ~ " then 1 else 0 end") }} as has_lapsed
from span
cross join {{ ref('int_as_of') }} as as_of

-- What is free between two spans, when it is more than 7 days. Time after the last span is no gap.
with followed as (
    select
        span.company_ein,
        span.plan_type,
        {{ day_number('span.end_date') }} as end_day,
        {{ day_number('next_span.start_date') }} as next_start_day,
        span.last_carrier_name as previous_carrier_name,
        next_span.first_carrier_name as next_carrier_name
    from {{ ref('fct_coverage_span') }} as span
    inner join {{ ref('fct_coverage_span') }} as next_span
        on span.company_ein = next_span.company_ein
        and span.plan_type = next_span.plan_type
        and span.span_number + 1 = next_span.span_number
)

select
    company_ein,
    plan_type,
    {{ date_of_day('end_day + 1') }} as gap_start_date,
    {{ date_of_day('next_start_day - 1') }} as gap_end_date,
    next_start_day - end_day - 1 as gap_length_days,
    previous_carrier_name,
    next_carrier_name
from followed
where next_start_day - end_day - 1 > 7

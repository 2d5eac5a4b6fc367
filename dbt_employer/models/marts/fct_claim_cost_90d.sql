-- The last 90 days of each day that has a claim, beside the 90 days before those; reversals count.
with daily as (
    select
        company_ein,
        service_date,
        sum(amount) as amount
    from {{ ref('fct_claim') }}
    group by company_ein, service_date
),

numbered as (
    select
        company_ein,
        service_date,
        amount,
        {{ day_number('service_date') }} as day_number
    from daily
),

rolling as (
    select
        company_ein,
        service_date,
        day_number,
        min(day_number) over (partition by company_ein) as first_day,
        sum(amount) over (partition by company_ein order by day_number range between 89 preceding
            and current row) as current_cost,
        sum(amount) over (partition by company_ein order by day_number range between 179 preceding
            and 90 preceding) as previous_cost
    from numbered
),

measured as (
    select
        company_ein,
        service_date,
        case when day_number - 179 >= first_day then 1 else 0 end as has_both_windows,
        cast(current_cost as decimal(18, 2)) as current_cost,
        cast(coalesce(previous_cost, 0) as decimal(18, 2)) as previous_cost
    from rolling
)

select
    company_ein,
    service_date as window_end_date,
    {{ date_of_day(day_number('service_date') ~ ' - 89') }} as window_start_date,
    current_cost,
    previous_cost,
    case
        when previous_cost <= 0 then null
        when current_cost >= previous_cost then {{ rounded_ratio('100 * '
            ~ cents('current_cost - previous_cost'), cents('previous_cost')) }}
        else -{{ rounded_ratio('100 * ' ~ cents('previous_cost - current_cost'),
            cents('previous_cost')) }}
    end as pct_change,
    {{ to_integer("has_both_windows") }} as has_both_windows,
    {{ to_integer("case when has_both_windows = 1 and previous_cost <= 0 and current_cost > 0 then 1
        else 0 end") }} as has_no_prior_cost,
    {{ to_integer("
        case
            when has_both_windows = 0 then 0
            when previous_cost > 0 and current_cost > 3 * previous_cost then 1
            when previous_cost <= 0 and current_cost > 0 then 1
            else 0
        end") }} as is_spike
from measured

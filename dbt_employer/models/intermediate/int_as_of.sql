-- The day that "active" and "lapsed" speak of: EMPLOYER_AS_OF, else the newest day that the data
-- itself knows. Never the clock: the same input
-- has the same outputs on any day.
{% set given = env_var('EMPLOYER_AS_OF', '') -%}
{% if given -%}
select cast('{{ given }}' as date) as as_of_date
{%- else -%}
with day as (
    select max(start_date) as known_date from {{ ref('int_employee') }}
    union all
    select max(service_date) as known_date from {{ ref('int_claim') }}
)

select coalesce(max(known_date), cast('1970-01-01' as date)) as as_of_date
from day
{%- endif %}

-- Pearson's correlation of all pairs, each once. One generated term per element: on MySQL several times as quick as grouping rows.
{% set products -%}
    {% for place in range(1, compared_places() + 1) -%}
    one.importance_{{ place }} * other.importance_{{ place }}{{ ' + ' if not loop.last }}
    {%- endfor %}
{%- endset %}
select
    one.occupation_number as one_number,
    other.occupation_number as other_number,
    other.job_zone - one.job_zone as job_zone_step,
    {{ to_four_decimals('(' ~ products ~ ') / (one.length * other.length)') }} as similarity
from {{ ref('importance_profile') }} as one
inner join {{ ref('importance_profile') }} as other on one.occupation_number < other.occupation_number

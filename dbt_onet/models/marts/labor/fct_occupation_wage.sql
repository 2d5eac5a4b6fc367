select
    occupation_code,
    vintage,
    match_kind,
    is_shared,
    source_code,
    source_title,
    employment,
    employment_relative_error,
    mean_relative_error,
    {% for column in wage_columns() -%}
    {{ column }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_matched_wage') }}

{%- set columns -%}
    {% for place in range(1, compared_places() + 1) -%}
    importance_{{ place }}{{ ',' if not loop.last }}
    {% endfor %}
{%- endset -%}
select
    occupation_code,
    length,
    {{ columns }}
from {{ ref('int_importance_profile') }}

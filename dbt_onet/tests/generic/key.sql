{#- On a model: the columns together name one row, and none is null. Returns each key that is null
    in part or taken more than once. -#}
{% test key(model, columns) %}
select {{ columns | join(', ') }}, count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1{% for column in columns %} or {{ column }} is null{% endfor %}
{% endtest %}

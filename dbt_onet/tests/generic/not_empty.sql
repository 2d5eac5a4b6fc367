{#- On a model: there is at least one row. Returns one row where there is none. -#}
{% test not_empty(model) %}
select counted.row_count from (select count(*) as row_count from {{ model }}) as counted
    where counted.row_count = 0
{% endtest %}

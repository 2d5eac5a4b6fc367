{#- On a model made from labour-market files, which nobody need land: there is at least one row
    where a file of that dataset (of any, without one) has rows. Returns one row with the number of
    files where there is none. -#}
{% test not_empty_if_labor_landed(model, dataset=none) %}
select landed.file_count
from (
    select count(*) as file_count
    from {{ source('raw', 'labor_file') }}
    where rows_landed > 0 {% if dataset %}and dataset = '{{ dataset }}'{% endif %}
) as landed
where landed.file_count > 0 and (select count(*) from {{ model }}) = 0
{% endtest %}

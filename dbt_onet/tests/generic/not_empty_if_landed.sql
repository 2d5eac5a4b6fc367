{#- On a model made from a file that a release may lack: there is at least one row where the newest
    complete load landed any in that raw table. `but_not`: pattern of the names of files in that
    table that the model is not made from. Returns one row with the number of rows landed where
    there is none. -#}
{% test not_empty_if_landed(model, table, but_not='') %}
select landed.row_count
from (
    select sum(rows_landed) as row_count
    from {{ source('raw', 'raw_load_file') }}
    where table_name = '{{ table }}' and file_name not like '{{ but_not }}'
        and {{ in_current_load() }}
) as landed
where landed.row_count > 0 and (select count(*) from {{ model }}) = 0
{% endtest %}

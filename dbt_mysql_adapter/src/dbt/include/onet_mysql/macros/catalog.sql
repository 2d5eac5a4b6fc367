{# One row per column of every relation of the schemas, of which there may be none. Comments are
    what the server holds, which is nothing unless a hook sets them. #}
{% macro onet_mysql__get_catalog(information_schema, schemas) -%}
  {%- call statement('catalog', fetch_result=True) -%}
    select
        null as table_database,
        t.table_schema as table_schema,
        t.table_name as table_name,
        case t.table_type when 'BASE TABLE' then 'table' when 'VIEW' then 'view'
            else lower(t.table_type) end as table_type,
        nullif(nullif(t.table_comment, ''), 'VIEW') as table_comment,
        null as table_owner,
        c.column_name as column_name,
        c.ordinal_position as column_index,
        c.column_type as column_type,
        nullif(c.column_comment, '') as column_comment
    from {{ information_schema }}.tables as t
    join {{ information_schema }}.columns as c on c.table_schema = t.table_schema and c.table_name
        = t.table_name
    where {% if schemas %}t.table_schema in ('{{ schemas | join("', '") }}'){% else %}1
        = 0{% endif %}
    order by t.table_schema, t.table_name, c.ordinal_position
  {%- endcall -%}
  {{ return(load_result('catalog').table) }}
{%- endmacro %}

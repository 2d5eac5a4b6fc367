{# dbt-core's own materialization in place of dbt-mysql's, which takes any `incremental_strategy`,
    and ignores it as it does `on_schema_change` and predicates. #}
{% materialization incremental, adapter='onet_mysql' %}
  {{ return(materialization_incremental_default()) }}
{% endmaterialization %}

{# As dbt-mysql does: with a unique_key rows are replaced, without one they are appended. #}
{% macro onet_mysql__get_incremental_default_sql(arg_dict) %}
  {{ return(get_incremental_delete_insert_sql(arg_dict)) }}
{% endmacro %}

{# Two statements, of which the driver takes one at a time: runs the delete, and returns the insert,
    which dbt runs. #}
{% macro onet_mysql__get_delete_insert_merge_sql(target, source, unique_key, dest_columns,
    incremental_predicates) -%}
  {%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  {%- if unique_key -%}
    {%- set key = ([unique_key] if unique_key is string else unique_key) | join(', ') -%}
    {%- call statement('delete_replaced') -%}
      delete from {{ target }} where ({{ key }}) in (select {{ key }} from {{ source }})
      {%- for predicate in incremental_predicates or [] %} and {{ predicate }}{% endfor %}
    {%- endcall -%}
  {%- endif -%}
  insert into {{ target }} ({{ columns }}) select {{ columns }} from {{ source }}
{%- endmacro %}

{# dbt-core's own materialization in place of dbt-mysql's, which knows neither
    `dbt_valid_to_current`, `hard_deletes`, other names of dbt's columns, nor a key of several
    columns. What MySQL says in another way is below. #}
{% materialization snapshot, adapter='onet_mysql' %}
  {{ return(materialization_snapshot_default()) }}
{% endmaterialization %}

{# MySQL has no `merge`. Closes the rows that changed or are gone at the source, and returns the
    insert of the new ones, which dbt runs. #}
{% macro onet_mysql__snapshot_merge_sql(target, source, insert_cols) -%}
  {%- set columns = config.get('snapshot_table_column_names')
      or get_snapshot_table_column_names() -%}
  {%- set current = config.get('dbt_valid_to_current') -%}
  {%- call statement('close_changed') -%}
    update {{ target }} as snapshotted
    join {{ source }} as changed
      on changed.{{ columns.dbt_scd_id }} = snapshotted.{{ columns.dbt_scd_id }}
      and changed.dbt_change_type in ('update', 'delete')
    set snapshotted.{{ columns.dbt_valid_to }} = changed.{{ columns.dbt_valid_to }}
    where snapshotted.{{ columns.dbt_valid_to }} is null
    {%- if current %} or snapshotted.{{ columns.dbt_valid_to }} = {{ current }}{% endif %}
  {%- endcall -%}
  insert into {{ target }} ({{ insert_cols | join(', ') }})
  select {{ insert_cols | join(', ') }} from {{ source }} where dbt_change_type = 'insert'
{%- endmacro %}

{# For MySQL `--` begins a comment only before a space, which two of dbt-core's lack. #}
{% macro onet_mysql__snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {{ default__snapshot_staging_table(strategy, source_sql, target_relation)
      | replace('--avoid', '-- avoid') }}
{%- endmacro %}

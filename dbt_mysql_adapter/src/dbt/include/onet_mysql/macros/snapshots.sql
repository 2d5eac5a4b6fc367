{# Replaces dbt-mysql's macro of this name, which its snapshot calls directly: that one leaves rows deleted at the source valid for ever, whatever
   `hard_deletes` says. #}
{% macro mysql__snapshot_merge_sql_update(target, source, insert_cols) -%}
  update {{ target }} as snapshotted
  join {{ source }} as changed on changed.dbt_scd_id = snapshotted.dbt_scd_id and changed.dbt_change_type in ('update', 'delete')
  set snapshotted.dbt_valid_to = changed.dbt_valid_to
  where snapshotted.dbt_valid_to is null
{%- endmacro %}

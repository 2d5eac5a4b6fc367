{#- How a table or view of a build comes to be: under its own name at once. dbt would make it beside
    the old one, rename both and drop the old: three statements and three more looks into its cache
    for each of some eighty models. Nobody reads a build but dbt and its tests, and nothing is ever
    built on what a failed one has left. -#}
{% materialization table, default %}{{ return(made_in_place('table')) }}{% endmaterialization %}

{% materialization view, default %}{{ return(made_in_place('view')) }}{% endmaterialization %}

{#- A table that others refer to cannot be dropped on DuckDB: dbt-duckdb's own way takes their keys
    off first. -#}
{% materialization table, adapter='duckdb' %}
  {%- if load_cached_relation(this) is none -%}
    {{ return(made_in_place('table')) }}
  {%- endif -%}
  {{ return(dbt.materialization_table_duckdb()) }}
{% endmaterialization %}

{% macro made_in_place(type) %}
  {%- if pre_hooks or post_hooks or config.get('grants') -%}
    {{ exceptions.raise_compiler_error("hooks
        and grants are not run here: see macros/materializations.sql") }}
  {%- endif -%}
  {%- do drop_relation_if_exists(load_cached_relation(this)) -%}
  {%- set relation = this.incorporate(type=type) -%}
  {%- call statement('main') -%}
    {%- if type == 'view' -%}
      {{ get_create_view_as_sql(relation, sql) }}
    {%- else -%}
      {{ get_create_table_as_sql(False, relation, sql) }}
    {%- endif -%}
  {%- endcall -%}
  {%- do adapter.commit() -%}
  {{ return({'relations': [relation]}) }}
{% endmacro %}

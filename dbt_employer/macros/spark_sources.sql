{#-
  Spark reads no database of the loader: `python -m dbt_employer stage FOLDER` writes what the
  sources name as Parquet, and this makes tables of it
  before a run. The folder may be anywhere that the cluster reads.
-#}
{% macro register_spark_sources() -%}
  {%- if execute and target.type == 'spark' -%}
    {%- set folder = env_var('EMPLOYER_SPARK_INPUT') -%}
    {%- for source in graph.sources.values() if source.source_name == 'employer_raw'
        or var('onet_is_published') -%}
      {%- do run_query('create database if not exists ' ~ source.schema) -%}
      {%- do run_query('drop table if exists ' ~ source.schema ~ '.' ~ source.name) -%}
      {%- do run_query(
        'create table ' ~ source.schema ~ '.' ~ source.name ~ " using parquet location '" ~ folder ~
        '/' ~ source.source_name ~ '/' ~ source.name ~ "'"
      ) -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}

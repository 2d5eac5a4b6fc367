{# dbt-core's own macros, which cast with `cast`; dbt-mysql's know integer and text only, and are
    called by name. #}
{% macro onet_mysql__get_empty_schema_sql(columns) %}
  {{ return(default__get_empty_schema_sql(columns)) }}
{% endmacro %}

{% macro onet_mysql__get_phony_data_for_type(data_type) -%}
  {{ cast('null', data_type) }}
{%- endmacro %}

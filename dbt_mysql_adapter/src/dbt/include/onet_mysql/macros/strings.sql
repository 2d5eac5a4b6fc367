{# `||` is OR in MySQL. #}
{% macro onet_mysql__concat(fields) -%}
  concat({{ fields | join(', ') }})
{%- endmacro %}

{# A backslash escapes in a MySQL string literal. #}
{% macro onet_mysql__escape_single_quotes(expression) -%}
  {{ expression | replace('\\', '\\\\') | replace("'", "''") }}
{%- endmacro %}

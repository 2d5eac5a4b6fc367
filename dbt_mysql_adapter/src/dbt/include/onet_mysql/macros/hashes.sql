{# MySQL has no md5 since 9.6. #}
{% macro onet_mysql__hash(field) -%}
  sha2(cast({{ field }} as char), 256)
{%- endmacro %}

{% macro onet_mysql__snapshot_hash_arguments(args) -%}
  sha2(concat_ws('|'{% for arg in args %}, coalesce(cast({{ arg }} as char), ''){% endfor %}), 256)
{%- endmacro %}

{# A name may have 64 characters and dbt appends up to 12: a name that would be too long is cut and
    marked with a hash of the whole. #}
{% macro onet_mysql__make_temp_relation(base_relation, suffix) %}
  {%- set name = base_relation.identifier ~ suffix -%}
  {%- if name | length > 64 -%}
    {%- set mark = '_' ~ local_md5(base_relation.identifier)[:8] ~ suffix -%}
    {%- set name = base_relation.identifier[:64 - mark | length] ~ mark -%}
  {%- endif -%}
  {{ return(base_relation.incorporate(path={'identifier': name})) }}
{% endmacro %}

{% macro onet_mysql__make_intermediate_relation(base_relation, suffix) %}
  {{ return(onet_mysql__make_temp_relation(base_relation, suffix)) }}
{% endmacro %}

{% macro onet_mysql__make_backup_relation(base_relation, backup_relation_type, suffix) %}
  {{ return(onet_mysql__make_temp_relation(base_relation,
      suffix).incorporate(type=backup_relation_type)) }}
{% endmacro %}

{# A new database gets the connection's collation, not the server's: columns declared in a contract
    take the database's. #}
{% macro onet_mysql__create_schema(relation) -%}
  {%- call statement('create_schema') -%}
    create schema if not exists {{ relation.without_identifier() }} character set {{
        target.charset }} collate {{ target.collation }}
  {%- endcall -%}
{%- endmacro %}

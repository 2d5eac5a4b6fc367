{# MySQL casts to char, signed, unsigned, decimal, double, datetime …, not to the types of its own
    columns. Returns the cast type for a column type; a type it does not know comes back as it is.
    `text` keeps its length only if asked for: see safe_cast. #}
{% macro mysql_cast_type(column_type, keep_length=true) %}
  {%- set parts
      = modules.re.match(
      '\\s*([a-z0-9 ]+?)\\s*(\\([^)]*\\))?\\s*(unsigned|signed)?\\s*(zerofill)?\\s*$', column_type
      | lower) -%}
  {%- if not parts -%}{{ return(column_type) }}{%- endif -%}
  {%- set name, arguments, sign = parts.group(1), parts.group(2) or '', parts.group(3) -%}
  {%- set families = {
      'char': ['char', 'varchar', 'character', 'character varying', 'string', 'tinytext', 'text',
          'mediumtext', 'longtext', 'enum', 'set'],
      'signed': ['tinyint', 'smallint', 'mediumint', 'int', 'integer', 'bigint', 'bool', 'boolean',
          'signed', 'unsigned'],
      'decimal': ['decimal', 'numeric', 'dec', 'fixed'],
      'double': ['double', 'double precision', 'real', 'float8'],
      'float': ['float', 'float4'],
      'datetime': ['datetime', 'timestamp'],
      'binary': ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob']
  } -%}
  {%- for family, members in families.items() if name in members -%}
    {%- if family == 'signed' -%}
      {{ return('unsigned' if sign == 'unsigned' or name == 'unsigned' else 'signed') }}
    {%- elif family in ['double', 'float'] or name in ['enum', 'set']
        or (family == 'char' and not keep_length) -%}
      {{ return(family) }}
    {%- else -%}
      {{ return(family ~ arguments) }}
    {%- endif -%}
  {%- endfor -%}
  {{ return(column_type) }}
{% endmacro %}

{# A cast to char says its collation: in a view it would have the character set's default, so that
    'a' = 'A' there, and a join to a column of the connection's collation is error 1267. #}
{% macro mysql_cast(field, cast_type) -%}
  cast({{ field }} as {{ cast_type }})
  {%- if cast_type == 'char'
      or cast_type.startswith('char(') %} collate {{ target.collation }}{% endif %}
{%- endmacro %}

{% macro onet_mysql__cast(field, type) -%}
  {{ mysql_cast(field, mysql_cast_type(type)) }}
{%- endmacro %}

{# dbt casts unit-test fixtures with it. Without the length, because `cast('abc' as char(2))` is
    'ab' and no error. #}
{% macro onet_mysql__safe_cast(field, type) -%}
  {{ mysql_cast(field, mysql_cast_type(type, keep_length=false)) }}
{%- endmacro %}

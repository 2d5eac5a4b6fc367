{#- The one way from published text to a value. Each macro matches the whole text against the
    pattern of its type and gives null otherwise: nothing is rounded, trimmed or read up to the
    first bad character, as a bare cast does on MySQL ('4.5x' becomes 4.50). The generic test
    `typed_as` fails on every text that became null and was not `n/a`; of an `optional` type an
    empty text is no value either. -#}
{% macro typed(column, type) %}
  {%- set type = type.removeprefix('optional ') -%}
  {%- if type == 'integer' -%}
    case when {{ matches(column, '-?[0-9]{1,15}') }} then {{ to_integer(column) }} end
  {%- elif type == 'flag' -%}
    case {{ column }} when 'Y' then {{ to_integer(1) }} when 'N' then {{ to_integer(0) }} end
  {%- elif type == 'month' -%}
    case when {{ matches(column, '(0[1-9]|1[0-2])/(19|20)[0-9]{2}') }}
        then {{ month_as_date(column) }} end
  {%- elif type == 'first of month' -%}
    case when {{ matches(column, '(19|20)[0-9]{2}-(0[1-9]|1[0-2])-01') }}
        then cast({{ column }} as date) end
  {%- elif type in id_forms() -%}
    {%- set form, length = id_forms()[type] -%}
    case when {{ matches(column, form) }} and char_length({{ column }}) <= {{ length }}
        then left({{ column }}, {{ length }}) end
  {%- elif type.startswith('decimal(') -%}
    {%- set precision, scale = type[8:-1].split(',') | map('trim') | map('int') | list -%}
    case when {{ matches(column, '-?[0-9]{1,%d}([.][0-9]{1,%d})?' % (precision - scale, scale)) }}
        then cast({{ column }} as {{ type }}) end
  {%- elif type.startswith('text(') -%}
    {#- left(), not cast(): in a MySQL view a cast to char falls back to the character set's default
        collation, which joins to nothing else here -#}
    case when char_length({{ column }}) <= {{ type[5:-1] }} and trim({{ column }}) <> ''
        and {{ column }} <> 'n/a' then left({{ column }}, {{ type[5:-1] }}) end
  {%- else -%}
    {{ exceptions.raise_compiler_error("typed(): unknown type '" ~ type ~ "'") }}
  {%- endif -%}
{% endmacro %}

{#-
  Whether a text was published that is no value of the type. `n/a` and null are no value of any, an
  empty text is none of an `optional` type.
-#}
{% macro is_unreadable(column, type) -%}
  ({{ column }} is not null and {{ column }} <> 'n/a'
  {%- if type.startswith('optional ') %} and {{ column }} <> ''{% endif %}
      and {{ typed(column, type) }} is null)
{%- endmacro %}

{#- The forms of the ids that are published: kind → pattern and greatest length. Whoever links to
    one, asks for it or names a file after it may rely on them. Upper and lower case count. -#}
{% macro id_forms() %}{{ return({
    'occupation code': ['[0-9]{2}-[0-9]{4}[.][0-9]{2}', 10],
    'element id': ['[1-9]([.][A-Za-z0-9]{1,3}){0,9}', 20],
    'scale id': ['[A-Z]{2,3}', 3],
    'unspsc code': ['[0-9]{8}', 20],
}) }}{% endmacro %}

{#- The rows of the newest complete load: an interrupted or failed one is never seen. -#}
{% macro in_current_load() %}load_id = (select max(load_id) from {{ source('raw', 'raw_load') }}
    where state = 'complete'){% endmacro %}

{#- Where a row was published: the columns that the loader gives to every row. -#}
{% macro published_in() %}left(file_name, 120) as file_name,
    {{ to_integer('line_number') }} as line_number{% endmacro %}

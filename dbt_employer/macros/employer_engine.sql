{#- What differs between DuckDB, MySQL and Spark beyond `dbt_onet`'s macros, and what Spark needs of
    those. -#}

{#- Days since 1970-01-01 of a date, as a whole number: rules about days are then sums and
    comparisons. -#}
{% macro day_number(date) %}{{ return(adapter.dispatch('day_number')(date)) }}{% endmacro %}
{% macro duckdb__day_number(date) %}cast(date_diff('day', date '1970-01-01', {{ date }})
    as bigint){% endmacro %}
{% macro mysql__day_number(date) %}cast(datediff({{ date }}, date '1970-01-01')
    as signed){% endmacro %}
{% macro spark__day_number(date) %}cast(datediff({{ date }}, date '1970-01-01')
    as bigint){% endmacro %}

{#- The date of such a number. -#}
{% macro date_of_day(number) %}{{ return(adapter.dispatch('date_of_day')(number)) }}{% endmacro %}
{% macro duckdb__date_of_day(number) %}(date '1970-01-01' + cast({{ number }}
    as integer)){% endmacro %}
{% macro mysql__date_of_day(number) %}date_add(date '1970-01-01', interval
    {{ number }} day){% endmacro %}
{% macro spark__date_of_day(number) %}date_add(date '1970-01-01', cast({{ number }}
    as int)){% endmacro %}

{#- A text of another database, to be compared with those of this one. -#}
{% macro text_of_source(text) %}{{ return(adapter.dispatch('text_of_source')(text)) }}{% endmacro %}
{% macro default__text_of_source(text) %}{{ text }}{% endmacro %}
{% macro mysql__text_of_source(text) %}(cast({{ text }}
    as char) collate utf8mb4_0900_bin){% endmacro %}

{#- A null, a text or a number as text. -#}
{% macro as_text(expression) %}{{ return(adapter.dispatch('as_text')(expression)) }}{% endmacro %}
{% macro default__as_text(expression) %}cast({{ expression }} as varchar(255)){% endmacro %}
{% macro mysql__as_text(expression) %}(cast({{ expression }}
    as char(255)) collate utf8mb4_0900_bin){% endmacro %}

{#- Spark's part of `dbt_onet`'s macros. -#}
{% macro spark__matches(text, pattern) %}({{ text }} rlike '^({{ pattern }})$'){% endmacro %}
{% macro spark__to_integer(expression) %}cast({{ expression }} as bigint){% endmacro %}
{% macro spark__words(text) %}regexp_replace(concat(' ',
    {{ text }}, ' '), '[^a-z0-9]+', ' '){% endmacro %}

{#- Whole numbers of up to 38 digits, divided: what is left over is dropped. -#}
{% macro whole_quotient(a, b) %}{{ return(adapter.dispatch('whole_quotient')(a, b)) }}{% endmacro %}
{% macro duckdb__whole_quotient(a, b) %}(cast({{ a }} as hugeint) // cast({{ b }}
    as hugeint)){% endmacro %}
{% macro mysql__whole_quotient(a, b) %}(cast({{ a }} as decimal(38, 0)) div cast({{ b }}
    as decimal(38, 0))){% endmacro %}
{% macro spark__whole_quotient(a, b) %}(cast({{ a }} as decimal(38, 0)) div cast({{ b }}
    as decimal(38, 0))){% endmacro %}

{#- The type of a point in time. -#}
{% macro timestamp_type() %}{{ return('timestamp' if target.type == 'spark'
    else 'datetime') }}{% endmacro %}

{#- What a contract makes of a table on DuckDB: columns, types and not null, no index. Those of 20
    million claims took a fifth of the build's time and 1.2 GB; the tests `key` and `relationships`
    hold the same keys before anything is published, and MySQL's live tables have real ones. -#}
{% macro duckdb__get_table_columns_and_constraints() -%}
(
{%- for column in adapter.render_raw_columns_constraints(raw_columns=model['columns']) %}
    {{ column }}{{ ',' if not loop.last }}
{%- endfor %}
)
{%- endmacro %}

{#- What differs between DuckDB and MySQL, and nothing else does. -#}

{#- True where the whole text matches an extended regular expression. Write a dot as [.]: the two
    engines unescape backslashes differently. -#}
{% macro matches(text,
    pattern) %}{{ return(adapter.dispatch('matches')(text, pattern)) }}{% endmacro %}
{% macro duckdb__matches(text, pattern) %}regexp_full_match({{ text }},
    '{{ pattern }}'){% endmacro %}
{#- Not `$`, which also matches before a line's end at the end of the text; of those MySQL knows
    seven, U+2028 and U+0085 among them. -#}
{% macro mysql__matches(text, pattern) %}regexp_like({{ text }}, '^({{ pattern }})\\z',
    'c'){% endmacro %}

{#- A 64-bit whole number. MySQL's `signed` has 64 bits, DuckDB's 32. -#}
{% macro to_integer(expression) %}{{ return(adapter.dispatch(
    'to_integer')(expression)) }}{% endmacro %}
{% macro duckdb__to_integer(expression) %}cast({{ expression }} as bigint){% endmacro %}
{% macro mysql__to_integer(expression) %}cast({{ expression }} as signed){% endmacro %}

{#- First day of the month that an `MM/YYYY` text names; the caller has checked the pattern. -#}
{% macro month_as_date(text) %}cast(concat(right({{ text }}, 4), '-', left({{ text }}, 2),
    '-01') as date){% endmacro %}

{#- Every relation goes to the one schema that the profile names: `<WAREHOUSE_NAME>_build`, failing
    rows of tests included. -#}
{% macro generate_schema_name(custom_schema_name, node) %}{{ target.schema }}{% endmacro %}

{#- The words of a lower-case text, one blank before, between and after them:
    ` chief executive officer ceo `. Whatever is not a-z or 0-9 parts words. -#}
{% macro words(text) %}{{ return(adapter.dispatch('words')(text)) }}{% endmacro %}
{% macro duckdb__words(text) %}regexp_replace(concat(' ', {{ text }}, ' '), '[^a-z0-9]+', ' ',
    'g'){% endmacro %}
{% macro mysql__words(text) %}regexp_replace(concat(' ', {{ text }}, ' '), '[^a-z0-9]+', ' ', 1, 0,
    'c'){% endmacro %}

{#- The rows of a relation, once for each word of a column that has a blank around each, as
    `part.stem`. -#}
{% macro by_stem(relation,
    column) %}{{ return(adapter.dispatch('by_stem')(relation, column)) }}{% endmacro %}
{% macro duckdb__by_stem(relation, column) -%}
{{ relation }} cross join unnest(string_split(trim({{ column }}), ' ')) as part (stem)
{%- endmacro %}
{% macro mysql__by_stem(relation, column) -%}
{{ relation }} cross join json_table(
    concat('["', replace(trim({{ column }}), ' ', '","'), '"]'),
        '$[*]' columns (stem varchar(100) path '$')
) as part
{%- endmacro %}

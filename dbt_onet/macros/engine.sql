{#- What differs between DuckDB and MySQL, and nothing else does. -#}

{#- True where the whole text matches an extended regular expression. Write a dot as [.]: the two engines unescape backslashes differently. -#}
{% macro matches(text, pattern) %}{{ return(adapter.dispatch('matches')(text, pattern)) }}{% endmacro %}
{% macro duckdb__matches(text, pattern) %}regexp_full_match({{ text }}, '{{ pattern }}'){% endmacro %}
{#- Not `$`, which also matches before a line's end at the end of the text; of those MySQL knows seven, U+2028 and U+0085 among them. -#}
{% macro mysql__matches(text, pattern) %}regexp_like({{ text }}, '^({{ pattern }})\\z', 'c'){% endmacro %}

{#- A 64-bit whole number. MySQL's `signed` has 64 bits, DuckDB's 32. -#}
{% macro to_integer(expression) %}{{ return(adapter.dispatch('to_integer')(expression)) }}{% endmacro %}
{% macro duckdb__to_integer(expression) %}cast({{ expression }} as bigint){% endmacro %}
{% macro mysql__to_integer(expression) %}cast({{ expression }} as signed){% endmacro %}

{#- First day of the month that an `MM/YYYY` text names; the caller has checked the pattern. -#}
{% macro month_as_date(text) %}cast(concat(right({{ text }}, 4), '-', left({{ text }}, 2), '-01') as date){% endmacro %}

{#- Every relation goes to the one schema that the profile names: `<WAREHOUSE_NAME>_build`, failing rows of tests included. -#}
{% macro generate_schema_name(custom_schema_name, node) %}{{ target.schema }}{% endmacro %}

{#- The words of a lower-case text, one blank before, between and after them: ` chief executive officer ceo `. Whatever is not a-z or 0-9 parts words. -#}
{% macro words(text) %}{{ return(adapter.dispatch('words')(text)) }}{% endmacro %}
{% macro duckdb__words(text) %}regexp_replace(concat(' ', {{ text }}, ' '), '[^a-z0-9]+', ' ', 'g'){% endmacro %}
{% macro mysql__words(text) %}regexp_replace(concat(' ', {{ text }}, ' '), '[^a-z0-9]+', ' ', 1, 0, 'c'){% endmacro %}

{#- To join after a text that `words()` has made: one row per word of it, as `each_word.word`. -#}
{% macro join_each_word(text) %}{{ return(adapter.dispatch('join_each_word')(text)) }}{% endmacro %}
{% macro duckdb__join_each_word(text) -%}
cross join lateral (select unnest(string_split(trim({{ text }}), ' ')) as word) as each_word
{%- endmacro %}
{% macro mysql__join_each_word(text) -%}
cross join json_table(
    concat('["', replace(trim({{ text }}), ' ', '","'), '"]'), '$[*]' columns (word varchar(250) path '$')
) as each_word
{%- endmacro %}

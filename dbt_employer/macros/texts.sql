{#- What a field says: its text without blanks around it, null where that is nothing. Raw keeps what
    stood there. -#}
{% macro field(column) %}nullif(trim({{ column }}), ''){% endmacro %}

{#- True where the whole text is of a form. A line end is none: `$` would match before one at the
    end. -#}
{% macro is_form(text, pattern) -%}
({{ matches(text, pattern) }} and position('{{ '\n' }}' in {{ text }}) = 0)
{%- endmacro %}

{% macro is_ein(text) %}{{ is_form(text, '[0-9]{2}-[0-9]{7}') }}{% endmacro %}

{% macro is_occupation_code(text) %}{{ is_form(text,
    '[0-9]{2}-[0-9]{4}[.][0-9]{2}') }}{% endmacro %}

{% macro is_domain(text) -%}
(char_length({{ text }}) <= 253 and {{ is_form(text,
    '([a-z0-9]([a-z0-9-]*[a-z0-9])?[.])+[a-z]{2,24}') }})
{%- endmacro %}

{#- One address and nothing else: two with a comma between them are none. -#}
{% macro is_email(text) -%}
(char_length({{ text }}) <= 254 and {{ is_form(text,
    '[!#-+A-Za-z0-9/=?^_`{|}~.-]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?[.])+[A-Za-z]{2,24}') }})
{%- endmacro %}

{#- The domain of an address that is one. -#}
{% macro domain_of(email) %}lower(substr({{ email }}, position('@' in {{ email }})
    + 1)){% endmacro %}

{#- A day of the calendar as ISO 8601 writes it, from the year 1000 on: 2022-02-30 is none,
    2024-02-29 is one. -#}
{% macro is_iso_date(text) -%}
{%- set year = '[1-9][0-9]{3}' -%}
{%- set leap_year = '([1-9][0-9](0[48]|[2468][048]|[13579][26])|([2468][048]|[13579][26])00)' -%}
(char_length({{ text }}) = 10 and {{ is_form(text,
    year
    ~ '-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])'
    ~ '|(0[469]|11)-(0[1-9]|[12][0-9]|30)'
    ~ '|02-(0[1-9]|1[0-9]|2[0-8]))|'
    ~ leap_year ~ '-02-29'
) }})
{%- endmacro %}

{% macro iso_date(text) %}case when {{ is_iso_date(text) }} then cast({{ text }} as date)
    end{% endmacro %}

{#- Of a table that a newer file replaces as a whole: the rows of the newest one. -#}
{% macro in_newest_load(table) -%}
load_id = (
    select max(file.load_id)
    from {{ source('employer_raw', 'raw_load_file') }} as file
    inner join {{ source('employer_raw', 'raw_load') }} as counted on file.load_id = counted.load_id
    where file.table_name = '{{ table }}' and counted.state = 'complete'
)
{%- endmacro %}

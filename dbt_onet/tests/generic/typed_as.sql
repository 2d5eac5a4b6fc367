{#- On a raw table: every published text of the named columns reads as the type that staging gives
    it (macros/typed.sql). `n/a` and, in layouts that lack the column, null are no value. Returns
    file, line, column and text of those that do not; of a table beside the release, which has
    neither files nor loads that count alone, its key (`shown`) instead. -#}
{% test typed_as(model, columns, shown=none) %}
with unreadable as (
    select *
    from {{ model }}
    where {{ '1 = 1' if shown else in_current_load() }}
        and (
            {% for column, type in columns.items() -%}
            {{ is_unreadable(column, type) }}{{ ' or' if not loop.last }}
            {% endfor -%}
        )
    -- all that are there: a limit keeps MySQL from reading the raw table once for each column
    limit 1000000000
)

{% for column, type in columns.items() %}
select {{ (shown or ['file_name', 'line_number']) | join(', ') }}, '{{ column }}' as column_name,
    {{ column }} as published_text, '{{ type }}' as expected_type
from unreadable
where {{ is_unreadable(column, type) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
{% endtest %}

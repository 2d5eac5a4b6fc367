{#-
  On a raw table: every published text of the named columns reads as the type that staging gives it (macros/typed.sql). `n/a` and, in layouts that
  lack the column, null are no value. Returns file, line, column and text of those that do not; of a table beside the release, which has
  neither files nor loads that count alone, its key (`shown`) instead.
-#}
{% test typed_as(model, columns, shown=none) %}
{% for column, type in columns.items() %}
select {{ (shown or ['file_name', 'line_number']) | join(', ') }}, '{{ column }}' as column_name, {{ column }} as published_text, '{{ type }}' as expected_type
from {{ model }}
where {{ '1 = 1' if shown else in_current_load() }}
  and {{ column }} is not null
  and {{ column }} <> 'n/a'
  {% if type.startswith('optional ') %}and {{ column }} <> ''{% endif %}
  and {{ typed(column, type) }} is null
{% if not loop.last %}union all{% endif %}
{% endfor %}
{% endtest %}

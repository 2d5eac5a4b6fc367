{#-
  On a raw column: every published text reads as the type that staging gives it (macros/typed.sql). `n/a` and, in layouts that lack the column, null are no value.
  Returns the rows that do not, with file and line.
-#}
{% test typed_as(model, column_name, type) %}
select file_name, line_number, {{ column_name }} as published_text, '{{ type }}' as expected_type
from {{ model }}
where {{ in_current_load() }}
  and {{ column_name }} is not null
  and {{ column_name }} <> 'n/a'
  and {{ typed(column_name, type) }} is null
{% endtest %}

{#-
  A ratio of two whole numbers, the first not negative, the second positive: to two decimals, halves
  up. In whole numbers from end to end:
  the engines divide decimals with different precision, and one of them as floating point.
-#}
{% macro rounded_ratio(numerator, denominator) -%}
cast({{ whole_quotient('((' ~ numerator ~ ') * 200 + (' ~ denominator ~ '))', '((' ~ denominator
    ~ ') * 2)') }} * 0.01 as decimal(18, 2))
{%- endmacro %}

{#- An amount of money as a whole number of cents. -#}
{% macro cents(amount) %}cast(({{ amount }}) * 100 as decimal(20, 0)){% endmacro %}

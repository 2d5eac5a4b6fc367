{#- What occupations are compared by when one asks which way to go: the domains, how many elements
    they can have together, how many are kept. -#}

{% macro compared_domains() %}('skills', 'knowledge'){% endmacro %}

{#- Columns of `int_importance_profile`; `assert_every_compared_element_has_a_place` fails where a
    release rates more elements than that. -#}
{% macro compared_places() %}{{ return(80) }}{% endmacro %}

{#- How many of the nearest occupations each source keeps at each job-zone step. -#}
{% macro kept_transitions() %}{{ return(10) }}{% endmacro %}

{#- A word that more occupations have than these says nothing of one: manager, use, and. -#}
{% macro most_occupations_of_a_word() %}{{ return(50) }}{% endmacro %}

{#-
  Weights of the order `likely`, beside 1 for the similarity: found by cross-validation over sources
  on real job changes, rounded; docs/transitions.md has the table and their intervals. Written as
  doubles: MySQL would reckon with decimals otherwise.
-#}
{% macro likely_weights() %}
  {{ return({'words': '1.5e0', 'related': '0.05e0', 'jobs': '0.08e0'}) }}
{% endmacro %}

{#- A double to four decimals, halves up, by operations that give the same on both engines; their
    own round() differs on halves. 1e4 and not 10000: floor() is whole on SQLite. -#}
{% macro to_four_decimals(number) %}floor(({{ number }}) * 10000 + 0.5) / 1e4{% endmacro %}

{#-
  Pearson's correlation of importance of two rows of `int_importance_profile`, to four decimals. One
  generated term per element: on MySQL several times as quick as grouping rows.
-#}
{% macro importance_correlation(one, other) -%}
{%- set products -%}
    {% for place in range(1, compared_places() + 1) -%}
    {{ one }}.importance_{{ place }}
        * {{ other }}.importance_{{ place }}{{ ' + ' if not loop.last }}
    {%- endfor %}
{%- endset -%}
{{ to_four_decimals('(' ~ products ~ ') / (' ~ one ~ '.length * ' ~ other ~ '.length)') }}
{%- endmacro %}

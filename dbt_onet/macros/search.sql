{#- How a text is read when somebody searches for it. `stems` in `api/search_terms.py` does the same
    to what is sought; a test holds the two together over every title. -#}

{#- What is written with signs and would lose them, as words. -#}
{% macro spelled_out(text) -%}
replace(replace(replace({{ text }}, 'c#', 'csharp'), 'c++', 'cplusplus'), '.net', 'dotnet')
{%- endmacro %}

{#- Words that tell no occupation from another. -#}
{% macro small_words() %}
  {{ return(['and', 'of', 'the', 'in', 'for', 'a', 'an', 'to', 'with', 'or', 'at', 'on', 'by',
      'senior', 'sr', 'junior', 'jr']) }}
{% endmacro %}

{% macro without_small_words(words) -%}
{%- for word in small_words() %}replace({% endfor %}{{ words }}
{%- for word in small_words() %}, ' {{ word }} ', ' '){% endfor %}
{%- endmacro %}

{#-
  Plural to singular, British to American spelling, and what people often mis-spell (ph, ae, -or,
  doubled letters) to one form. Capitals hold endings that only look like a plural.
-#}
{% macro stem_rules() %}
  {% set rules = [
      ['sses ', 'S '], ['ss ', 'S '], ['us ', 'U '], ['is ', 'I '], ['ies ', 'y '],
      ['ches ', 'ch '], ['shes ', 'sh '], ['xes ', 'x '], ['s ', ' '],
      ['S ', 's '], ['U ', 'us '], ['I ', 'is '],
      ['our', 'or'], ['tre ', 'ter '], ['or ', 'er '], ['mme ', 'm '], ['ae', 'e'], ['ph', 'f'],
  ] %}
  {% for letter in 'bcdefgklmnoprstz' %}{% do rules.append([letter ~ letter, letter]) %}{% endfor %}
  {{ return(rules) }}
{% endmacro %}

{#- The stems of words that have a blank before, between and after them. -#}
{% macro stems(words) -%}
{%- for rule in stem_rules() %}replace({% endfor %}{{ words }}
{%- for rule in stem_rules() %}, '{{ rule[0] }}', '{{ rule[1] }}'){% endfor %}
{%- endmacro %}

{#- What a stem weighs: the more, the fewer of `all_names` have it. -#}
{% macro stem_weight(names, all_names) -%}
{{ to_integer("floor(100 * ln(1 + 1.0 * " ~ all_names ~ " / " ~ names ~ ") + 0.5)") }}
{%- endmacro %}

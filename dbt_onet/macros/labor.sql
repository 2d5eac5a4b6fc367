{#- Labour-market files: what the models about them share. -#}

{#- The files that count, as a relation to join: of each dataset and vintage the newest complete
    load. -#}
{% macro current_labor_files() -%}
(
    select dataset, vintage, max(load_id) as load_id
    from {{ source('raw', 'labor_file') }}
    group by dataset, vintage
)
{%- endmacro %}

{#- The newest vintage of each dataset, as a relation to join. -#}
{% macro newest_labor_vintages() -%}
(select dataset, max(vintage) as vintage from {{ source('raw', 'labor_file') }} group by dataset)
{%- endmacro %}

{#- Wage figures: published name of its column without `h_` or `a_` → name of it here. -#}
{% macro wage_figures() %}
  {{ return({'mean': 'mean', 'pct10': 'p10', 'pct25': 'p25', 'median': 'median', 'pct75': 'p75',
      'pct90': 'p90'}) }}
{% endmacro %}

{#- How wages and outlook are given: prefix of the published column → name here, type, and the
    file's column with the wage from which on it says `#`. -#}
{% macro wage_rates() %}
  {{ return({
      'h': {'name': 'hourly', 'type': 'decimal(8,2)', 'top_code': 'top_code_hourly'},
      'a': {'name': 'annual', 'type': 'integer', 'top_code': 'top_code_annual'},
  }) }}
{% endmacro %}

{#- Names of all figures of a wage, each followed by its flag. -#}
{% macro wage_columns() %}
  {%- set names = [] -%}
  {%- for rate in wage_rates().values() -%}
    {%- for figure in wage_figures().values() -%}
      {%- do names.append(rate.name ~ '_' ~ figure) -%}
      {%- do names.append('is_' ~ rate.name ~ '_' ~ figure ~ '_at_least') -%}
    {%- endfor -%}
  {%- endfor -%}
  {{ return(names) }}
{% endmacro %}

{#- How an occupation came to the figures of `source_code`, null where there are none. `is_detail`:
    its code does not end in .00, so that the figures are its parent's; `is_merged`: they are a
    group's that BLS publishes in place of its members. Either way they are not the occupation's
    own. -#}
{% macro match_kind(source_code, is_detail, is_merged) -%}
case
        when {{ source_code }} is null then 'none'
        when {{ is_detail }} = 1 and {{ is_merged }} = 1 then 'merged_parent'
        when {{ is_merged }} = 1 then 'merged'
        when {{ is_detail }} = 1 then 'parent'
        else 'direct'
    end
{%- endmacro %}

{#- The number that a text is; null for a mark (`assert_labor_marks_are_accepted` fails on any other
    text). -#}
{% macro typed_or_mark(column, type) %}{{ return(typed(column, type) | trim) }}{% endmacro %}

{#- As above; for `#` the wage that it is at least. -#}
{% macro wage_or_top_code(column, type, top_code) -%}
case when {{ column }} = '#' then {{ typed('file.' ~ top_code, type) | trim }}
    else {{ typed_or_mark(column, type) }} end
{%- endmacro %}

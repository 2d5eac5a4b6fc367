{#-
  The rows of a table, each with what is wrong with it. Columns added:
  `errors`: `;field:reason;` for each rule that the row breaks, `;` where it breaks none;
  `status`: `error`; `duplicate`, the same as an earlier row of its load; else `ok`.
  A key that one load gives twice with different content is an error in all of its rows: nobody can
  say which was meant.
  Rows are judged within their own load, so that what was judged once stays so.
  `rows`: a relation; `key` and `columns`: names; `key_field`: the field that a doubtful key is
  reported at; `content`: expressions that are not null;
  `rules`: field, reason, condition.
-#}
{% macro checked_rows(rows, columns, key, key_field, content, rules) -%}
with judged as (
    {{ judged_rows(rows, columns, rules) | indent(4) }}
),

repeated as (
    {{ repeated_keys('judged', key, content) | indent(4) }}
)

{{ rows_with_status('judged', 'repeated', columns, key, key_field) }}
{%- endmacro %}

{#- Its three parts, for a table of many million rows: each is then a model of its own. -#}
{% macro judged_rows(rows, columns, rules) -%}
select
    {{ columns | join(', ') }},
    concat(
        ';'
        {%- for field, reason, condition in rules %},
        case when {{ condition }} then '{{ field }}:{{ reason }};' else '' end
        {%- endfor %}
    ) as row_errors
from {{ rows }}
{%- endmacro %}

{#- The keys that one load gives more than once: the first line of each and how many of its
    expressions differ. Few keys are: they are found first, and the rest is done for them alone.
    -#}
{% macro repeated_keys(judged, key, content) -%}
select
    candidate.of_load,
    {% for column in key %}candidate.key_{{ loop.index }}, {% endfor %}
    min(line_number) as first_line,
    max(case when 1 = 0 then 1 else 0 end)
    {%- for expression in content %} + case when min({{ expression }}) <> max({{ expression }})
        then 1 else 0 end{% endfor %} as differences
from {{ judged }} as judged_row
inner join (
    select
        load_id as of_load
        {%- for column in key %}, {{ column }} as key_{{ loop.index }}{% endfor %}
    from {{ judged }}
    where row_errors = ';'
    group by load_id, {{ key | join(', ') }}
    having count(*) > 1
) as candidate
    on judged_row.load_id = candidate.of_load
    {% for column in key %}and judged_row.{{ column }} = candidate.key_{{ loop.index }}
    {% endfor -%}
where row_errors = ';'
group by candidate.of_load
    {%- for column in key %}, candidate.key_{{ loop.index }}{% endfor %}
{%- endmacro %}

{% macro rows_with_status(judged, repeated, columns, key, key_field) -%}
select
    {{ columns | join(', ') }},
    case when repeated.differences > 0 then ';{{ key_field }}:conflicting_key;' else row_errors end
        as errors,
    case
        when row_errors <> ';' or repeated.differences > 0 then 'error'
        when line_number > repeated.first_line then 'duplicate'
        else 'ok'
    end as status
from {{ judged }} as judged_row
left join {{ repeated }} as repeated
    on judged_row.row_errors = ';'
    and judged_row.load_id = repeated.of_load
    {% for column in key %}and judged_row.{{ column }} = repeated.key_{{ loop.index }}
    {% endfor -%}
{%- endmacro %}

{#- The rows of claims whose key is one of `keys`. -#}
{% macro rows_of_keys(claims, keys) -%}
select row_of.*
from {{ claims }} as row_of
inner join {{ keys }} as key_of
    on row_of.company_ein = key_of.company_ein and row_of.claim_id = key_of.claim_id
{%- endmacro %}

{#- Rules that many tables share, each a list of field, reason, condition. -#}
{% macro missing(field) %}{{ return([field, 'missing_key', field ~ ' is null']) }}{% endmacro %}
{% macro too_long(field, characters) %}{{ return([field, 'too_long', 'char_length(' ~ field ~ ') > '
    ~ characters]) }}{% endmacro %}
{% macro unresolved_company() %}{{ return(['company_ein', 'company_unresolved',
    'company_ein is null or not ' ~ is_ein('company_ein')]) }}{% endmacro %}
{% macro bad_date(field, is_required=false) -%}
{{ return([field, 'bad_date', field ~ '_text is ' ~ ('' if is_required else 'not ') ~ 'null '
    ~ ('or ' if is_required else 'and ') ~ field ~ ' is null']) }}
{%- endmacro %}

{#- The newest version of each key that is fit to be used, of the loads that count for its company.
    -#}
{% macro newest_versions(rows, columns, key) -%}
newest_of as (
    {{ newest_loads(rows, key) | indent(4) }}
)

{{ rows_of_newest_loads(rows, 'newest_of', columns, key) }}
{%- endmacro %}

{#- Its two parts. Few keys have several versions: these are looked for, rather than all of them put
    in order. -#}
{% macro newest_loads(rows, key) -%}
select
    {% for column in key %}{{ column }} as key_{{ loop.index }}, {% endfor %}
    max(load_id) as newest_load_id
from {{ rows }}
group by {{ key | join(', ') }}
having count(*) > 1
{%- endmacro %}

{% macro rows_of_newest_loads(rows, newest, columns, key) -%}
select {{ columns | join(', ') }}
from {{ rows }} as version_of
left join {{ newest }} as newest_of
    on {% for column in key %}version_of.{{ column }} = newest_of.key_{{ loop.index }}
    {{ 'and ' if not loop.last }}{% endfor -%}
where newest_of.newest_load_id is null or version_of.load_id = newest_of.newest_load_id
{%- endmacro %}

{#- `company_ein` and the load of the newest snapshot that has rows of it: older rows of that
    company do not count. -#}
{% macro newest_snapshots(rows) -%}
snapshot_of as (
    select company_ein as snapshot_ein, max(load_id) as snapshot_load_id
    from {{ rows }}
    where company_ein is not null and load_id in (select load_id from {{ ref('stg_load') }}
        where kind = 'snapshot')
    group by company_ein
)
{%- endmacro %}

{#- The high-water mark is arrival: of an incremental model, the rows of loads that it has not
    judged yet, whatever days they speak of. -#}
{% macro arrived_rows(rows) -%}
(
    select *
    from {{ rows }}
    {% if is_incremental() -%}
    where load_id > (select coalesce(max(judged_before.load_id), 0) from {{ this }}
        as judged_before)
    {%- endif %}
) as arrived
{%- endmacro %}

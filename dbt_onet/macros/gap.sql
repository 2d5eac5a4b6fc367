{#-
  The rules of the gap: what a target needs that a source does not have. Each rule is one line, and
  every view with a gap in it is made of these lines alone. An element that either side has no level
  for is unknown, not zero, and gives no row.

  A view of a gap is one flat select: no CTE and no subquery, and what belongs to one side alone
  stands in its table. A server then plans a pair in a fraction of the time.
-#}

{#- The three definitions. What is missing is higher too. -#}
{% macro is_missing() %}target.level > 0 and source.level = 0{% endmacro %}
{% macro is_newly_relevant() -%}
source.is_not_relevant = 1 and coalesce(target.is_not_relevant, 0) = 0
{%- endmacro %}
{% macro is_higher() %}target.level > source.level{% endmacro %}

{#- What makes an element a gap: any of the three. -#}
{% macro is_gap() %}({{ is_higher() }} or {{ is_newly_relevant() }}){% endmacro %}

{#- Uncertainty: each side brings the variance of its level and its Welch term, see
    `side_terms`. -#}
{% macro gap_variance() %}(source.level_variance + target.level_variance){% endmacro %}
{% macro gap_margin() %}dim_student_t.t_975 * sqrt{{ gap_variance() }}{% endmacro %}

{#-
  Compares two sides element by element.
  keys:  the columns that name a row, and the element's name.
  sides: a from-clause with `source` and `target`; both have the columns that are read here. A
         source need not be an occupation, nor its levels O*NET's.
  words: more columns of either side, between the flags and the mark of what is supplemented.
  more:  columns at the end.
  A where-clause may follow.
-#}
{% macro comparison(keys, sides, words='', more='') -%}
select
    {{ keys | trim }},

    source.level as from_level,
    target.level as to_level,
    -- exact on an engine without decimals, too
    cast(round(target.level - source.level, 2) as decimal(5, 2)) as level_gap,
    source.importance as from_importance,
    target.importance as to_importance,

    case when {{ is_missing() }} then 1 else 0 end as is_missing,
    case when {{ is_newly_relevant() }} then 1 else 0 end as is_newly_relevant,
    case when {{ is_higher() }} then 1 else 0 end as is_higher,
    round(sqrt{{ gap_variance() }}, 4) as gap_standard_error,
    case
        when target.level - source.level > {{ gap_margin() }} then 1
        when dim_student_t.t_975 is not null then 0
    end as is_significant,
    case
        when source.is_suppress_recommended = 1 or target.is_suppress_recommended = 1 then 1
        else 0
    end as is_low_precision,

    {% if words %}{{ words | trim }},{% endif %}

    case
        when source.is_supplemented = 1 or target.is_supplemented = 1 then 1 else 0
    end as is_supplemented
    {%- if more %},

    {{ more | trim }}
    {%- endif %}
from {{ sides | trim }}
-- Welch-Satterthwaite's degrees of freedom, rounded down: fewer are the careful side. The small
-- addend undoes the rounding of whole results; the last row of the table serves for all above it.
{%- set fraction = gap_variance() ~ " * " ~ gap_variance()
    ~ " / (source.level_welch + target.level_welch) + 0.000001" %}
{%- set degrees = "floor(case when " ~ fraction ~ " >= 120 then 120 else " ~ fraction ~ " end)" %}
left join {{ ref('dim_student_t') }} as dim_student_t
    on dim_student_t.degrees_of_freedom = {{ to_integer(degrees) }}
{%- endmacro %}

{#- What the levels say of an element, in one word; before it half the width of the interval. -#}
{% macro margin_and_verdict() -%}
    round({{ gap_margin() }}, 4) as gap_margin,
    case
        when target.level <= source.level then 'met'
        when dim_student_t.t_975 is null then 'higher_without_error'
        when target.level - source.level > {{ gap_margin() }} then 'clearly_higher'
        else 'too_close_to_tell'
    end as verdict
{%- endmacro %}

{#-
  What one side brings to the uncertainty of a gap: the square of its error, and that squared over
  N - 1, its term of the sum under Welch-Satterthwaite's fraction.
-#}
{% macro side_terms(error, n) -%}
    {{ error }} * {{ error }} as level_variance,
    ({{ error }} * {{ error }}) * ({{ error }} * {{ error }}) / ({{ n }} - 1) as level_welch
{%- endmacro %}

{#- What names a row of two rated occupations; both sides carry their own words. -#}
{% macro two_occupations() -%}
    source.occupation_code as from_occupation_code,
    source.occupation_title as from_occupation_title,
    target.occupation_code as to_occupation_code,
    target.occupation_title as to_occupation_title,
    target.domain,
    target.element_id,
    target.element_name
{%- endmacro %}
{% macro words_of_both() -%}
    target.group_name,
    source.anchor_level as from_anchor_level,
    source.anchor as from_anchor,
    target.anchor_level as to_anchor_level,
    target.anchor as to_anchor
{%- endmacro %}

{#-
  The words that a rated element of an occupation carries, as columns and as the joins that bring
  them; `rating` has code, element and level.
-#}
{% macro words_of_a_rating() -%}
    occupation.title as occupation_title,
    element.element_name,
    element.group_name,
    level_anchor.anchor_level,
    level_anchor.description as anchor
{%- endmacro %}
{% macro joined_words(rating, level) -%}
inner join {{ ref('dim_occupation') }} as occupation
    on {{ rating }}.occupation_code = occupation.occupation_code
inner join {{ ref('dim_element') }} as element on {{ rating }}.element_id = element.element_id
-- level 0 is in no anchor's range: what is not there needs no example
left join {{ ref('dim_level_anchor') }} as level_anchor
    on {{ rating }}.element_id = level_anchor.element_id
    and {{ level }} > level_anchor.above_level
    and {{ level }} <= level_anchor.up_to_level
{%- endmacro %}

{#-
  The rules of the gap, one line each, as the CTEs `pair`, `welch`, `measured` and `compared` of the query that calls this: what a target needs that
  a source does not have. An element that either side lacks a level for is unknown, not zero, and gives no row.
  `sides` is what to compare, a from-clause with `source` and `target`, both with the columns of `fct_occupation_element` that are read here; a source
  need not be an occupation, nor the levels O*NET's: those of a language model are compared by the same rules, and never with published ones. `keys` are the columns that name a row of it. dbt docs show the whole text under each view's compiled code.
-#}
{% macro comparison(keys, sides) -%}
pair as (
    select
        {{ keys | trim }},

        source.level as from_level,
        target.level as to_level,
        source.importance as from_importance,
        target.importance as to_importance,

        case when target.level > 0 and source.level = 0 then 1 else 0 end as is_missing,
        case when source.is_not_relevant = 1 and coalesce(target.is_not_relevant, 0) = 0 then 1 else 0 end as is_newly_relevant,
        case when target.level > source.level then 1 else 0 end as is_higher,
        case when source.is_suppress_recommended = 1 or target.is_suppress_recommended = 1 then 1 else 0 end as is_low_precision,
        case when source.is_supplemented = 1 or target.is_supplemented = 1 then 1 else 0 end as is_supplemented,

        source.level_error * source.level_error as from_variance,
        target.level_error * target.level_error as to_variance,
        source.level_n - 1 as from_degrees,
        target.level_n - 1 as to_degrees
    from {{ sides | trim }}
),

welch as (
    select
        pair.*,
        sqrt(from_variance + to_variance) as standard_error,
        -- Welch–Satterthwaite, down to a whole number (fewer degrees are the careful side; the small addend undoes rounding of whole results)
        (from_variance + to_variance) * (from_variance + to_variance)
        / (from_variance * from_variance / from_degrees + to_variance * to_variance / to_degrees) + 0.000001 as degrees
    from pair
),

measured as (
    select
        welch.*,
        student_t.t_975 * welch.standard_error as margin
    from welch
    left join {{ ref('student_t') }} as student_t
        on student_t.degrees_of_freedom = {{ to_integer("case when welch.degrees >= 120 then 120 else floor(welch.degrees) end") }}
),

compared as (
    select
        measured.*,
        cast(to_level - from_level as decimal(5, 2)) as level_gap,
        round(standard_error, 4) as gap_standard_error,
        round(margin, 4) as gap_margin,
        case
            when margin is null then null
            when to_level - from_level > margin then 1
            else 0
        end as is_significant,
        case
            when is_higher = 0 then 'met'
            when margin is null then 'higher_without_error'
            when to_level - from_level > margin then 'clearly_higher'
            else 'too_close_to_tell'
        end as verdict
    from measured
)
{%- endmacro %}

{#- What makes an element a gap: any of the three definitions. -#}
{% macro is_gap() -%}
(is_missing = 1 or is_newly_relevant = 1 or is_higher = 1)
{%- endmacro %}

{#- The columns that a published gap has, whoever the source is. The words among them come with the sides, as `keys`. -#}
{% macro gap_columns() -%}
    element_name,

    from_level,
    to_level,
    level_gap,
    from_importance,
    to_importance,

    is_missing,
    is_newly_relevant,
    is_higher,
    gap_standard_error,
    is_significant,
    is_low_precision,

    group_name,
    from_anchor_level,
    from_anchor,
    to_anchor_level,
    to_anchor,

    is_supplemented
{%- endmacro %}

{#- What names a row of two rated occupations, and its words: `source` and `target` carry their own, so that the gap looks nothing up. -#}
{% macro two_occupations() -%}
        source.occupation_code as from_occupation_code,
        source.occupation_title as from_occupation_title,
        target.occupation_code as to_occupation_code,
        target.occupation_title as to_occupation_title,
        target.domain,
        target.element_id,
        target.element_name,
        target.element_description,
        target.group_name,
        source.anchor_level as from_anchor_level,
        source.anchor as from_anchor,
        target.anchor_level as to_anchor_level,
        target.anchor as to_anchor
{%- endmacro %}

{#- The words that a rated element of an occupation carries, as columns and as the joins that bring them; `rating` has code, element and level. -#}
{% macro words_of_a_rating() -%}
    occupation.title as occupation_title,
    element.element_name,
    element.description as element_description,
    element.group_name,
    level_anchor.anchor_level,
    level_anchor.description as anchor
{%- endmacro %}
{% macro joined_words(rating, level) -%}
inner join {{ ref('dim_occupation') }} as occupation on {{ rating }}.occupation_code = occupation.occupation_code
inner join {{ ref('dim_element') }} as element on {{ rating }}.element_id = element.element_id
-- level 0 is in no anchor's range: what is not there needs no example
left join {{ ref('dim_level_anchor') }} as level_anchor
    on {{ rating }}.element_id = level_anchor.element_id
    and {{ level }} > level_anchor.above_level
    and {{ level }} <= level_anchor.up_to_level
{%- endmacro %}

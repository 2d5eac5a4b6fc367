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
        on student_t.degrees_of_freedom = cast(case when welch.degrees >= 120 then 120 else floor(welch.degrees) end as signed)
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

{#- The columns that a published gap has, whoever the source is; `in_words` joins where the words among them come from. -#}
{% macro gap_columns() -%}
    element.element_name,

    compared.from_level,
    compared.to_level,
    compared.level_gap,
    compared.from_importance,
    compared.to_importance,

    compared.is_missing,
    compared.is_newly_relevant,
    compared.is_higher,
    compared.gap_standard_error,
    compared.is_significant,
    compared.is_low_precision,

    element.group_name,
    from_anchor.anchor_level as from_anchor_level,
    from_anchor.description as from_anchor,
    to_anchor.anchor_level as to_anchor_level,
    to_anchor.description as to_anchor,

    compared.is_supplemented
{%- endmacro %}

{#- The level in words. Level 0 is in no anchor's range: what is not there needs no example. -#}
{% macro in_words() -%}
inner join {{ ref('dim_element') }} as element on compared.element_id = element.element_id
left join {{ ref('dim_level_anchor') }} as from_anchor
    on compared.element_id = from_anchor.element_id
    and compared.from_level > from_anchor.above_level
    and compared.from_level <= from_anchor.up_to_level
left join {{ ref('dim_level_anchor') }} as to_anchor
    on compared.element_id = to_anchor.element_id
    and compared.to_level > to_anchor.above_level
    and compared.to_level <= to_anchor.up_to_level
{%- endmacro %}

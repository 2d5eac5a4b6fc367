{#-
  What occupation B needs that A does not have: every rule is here, one line each. An element that either side lacks a level for is unknown, not
  zero, and gives no row. A macro and not a view, because there are two kinds of levels, published ones and those of a language model, that must
  be compared by one rule and never with each other: `sides` is the mart that holds the one kind or the other, with the columns of
  `fct_occupation_element`. dbt docs show the whole text under each view's compiled code.
-#}
{% macro gap_rule(sides) -%}
with pair as (
    select
        source.occupation_code as from_occupation_code,
        target.occupation_code as to_occupation_code,
        source.domain,
        source.element_id,

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
    from {{ sides }} as source
    inner join {{ sides }} as target on source.element_id = target.element_id
),

welch as (
    select
        pair.*,
        sqrt(from_variance + to_variance) as standard_error,
        -- Welch–Satterthwaite, down to a whole number (fewer degrees are the careful side; the small addend undoes rounding of whole results)
        (from_variance + to_variance) * (from_variance + to_variance)
        / (from_variance * from_variance / from_degrees + to_variance * to_variance / to_degrees) + 0.000001 as degrees
    from pair
)

select
    welch.from_occupation_code,
    from_occupation.title as from_occupation_title,
    welch.to_occupation_code,
    to_occupation.title as to_occupation_title,
    welch.domain,
    welch.element_id,
    element.element_name,

    welch.from_level,
    welch.to_level,
    cast(welch.to_level - welch.from_level as decimal(5, 2)) as level_gap,
    welch.from_importance,
    welch.to_importance,

    welch.is_missing,
    welch.is_newly_relevant,
    welch.is_higher,
    round(welch.standard_error, 4) as gap_standard_error,
    case
        when welch.standard_error is null then null
        when welch.to_level - welch.from_level > student_t.t_975 * welch.standard_error then 1
        else 0
    end as is_significant,
    welch.is_low_precision,
    welch.is_supplemented
from welch
inner join {{ ref('dim_occupation') }} as from_occupation on welch.from_occupation_code = from_occupation.occupation_code
inner join {{ ref('dim_occupation') }} as to_occupation on welch.to_occupation_code = to_occupation.occupation_code
inner join {{ ref('dim_element') }} as element on welch.element_id = element.element_id
left join {{ ref('student_t') }} as student_t
    on student_t.degrees_of_freedom = cast(case when welch.degrees >= 120 then 120 else floor(welch.degrees) end as signed)
where welch.is_missing = 1 or welch.is_newly_relevant = 1 or welch.is_higher = 1
{%- endmacro %}

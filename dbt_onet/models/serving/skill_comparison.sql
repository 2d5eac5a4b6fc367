-- Two occupations, element by element: every rule of the gap is here, one line each; `skill_gap` is what it flags. An element that either side lacks a
-- level for is unknown, not zero, and gives no row.
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

        source.level_error * source.level_error as from_variance,
        target.level_error * target.level_error as to_variance,
        source.level_n - 1 as from_degrees,
        target.level_n - 1 as to_degrees
    from {{ ref('fct_occupation_element') }} as source
    inner join {{ ref('fct_occupation_element') }} as target on source.element_id = target.element_id
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
        student_t.t_975 * standard_error as margin
    from welch
    left join {{ ref('student_t') }} as student_t
        on student_t.degrees_of_freedom = cast(case when welch.degrees >= 120 then 120 else floor(welch.degrees) end as signed)
)

select
    measured.from_occupation_code,
    from_occupation.title as from_occupation_title,
    measured.to_occupation_code,
    to_occupation.title as to_occupation_title,
    measured.domain,
    measured.element_id,
    element.element_name,
    element.description as element_description,

    measured.from_level,
    measured.to_level,
    cast(measured.to_level - measured.from_level as decimal(5, 2)) as level_gap,
    measured.from_importance,
    measured.to_importance,

    measured.is_missing,
    measured.is_newly_relevant,
    measured.is_higher,
    round(measured.standard_error, 4) as gap_standard_error,
    round(measured.margin, 4) as gap_margin,
    case
        when measured.margin is null then null
        when measured.to_level - measured.from_level > measured.margin then 1
        else 0
    end as is_significant,
    case
        when measured.is_higher = 0 then 'met'
        when measured.margin is null then 'higher_without_error'
        when measured.to_level - measured.from_level > measured.margin then 'clearly_higher'
        else 'too_close_to_tell'
    end as verdict,
    measured.is_low_precision
from measured
inner join {{ ref('dim_occupation') }} as from_occupation on measured.from_occupation_code = from_occupation.occupation_code
inner join {{ ref('dim_occupation') }} as to_occupation on measured.to_occupation_code = to_occupation.occupation_code
inner join {{ ref('dim_element') }} as element on measured.element_id = element.element_id

-- The why of each move is a sum over the rows that `skill_gap` has of it: the rules of the gap are
-- the same macro.
{% set keys %}
        nearest.from_number,
        nearest.to_number
{% endset %}
{% set sides -%}
    {{ ref('int_nearest_occupation') }} as nearest
    inner join {{ ref('int_compared_rating') }} as target on nearest.to_number
        = target.occupation_number
    inner join {{ ref('int_compared_rating') }} as source on nearest.from_number
        = source.occupation_number and target.place = source.place
        -- the others fall short of nothing: no error of theirs need be looked up
        and target.level > source.level
{%- endset %}
with compared as (
    {{ comparison(keys, sides) }}
),

shortfall as (
    select
        from_number,
        to_number,
        count(*) as higher_element_count,
        sum(is_significant) as significant_gap_count,
        cast(sum(to_importance * level_gap) as double) as shortfall
    from compared
    where is_higher = 1
    group by from_number, to_number
),

need as (
    select
        occupation_number,
        occupation_code,
        cast(sum(importance) as double) as importance,
        cast(sum(importance * level) as double) as level
    from {{ ref('int_compared_rating') }}
    group by occupation_number, occupation_code
),

technology as (
    select occupation_number, count(*) as technology_count
    from {{ ref('int_compared_technology') }}
    group by occupation_number
),

shared as (
    select nearest.from_number, nearest.to_number, count(*) as technology_count
    from {{ ref('int_nearest_occupation') }} as nearest
    inner join {{ ref('int_compared_technology') }} as target on nearest.to_number
        = target.occupation_number
    inner join {{ ref('int_compared_technology') }} as source
        on nearest.from_number = source.occupation_number
        and target.technology_number = source.technology_number
    group by nearest.from_number, nearest.to_number
)

select
    source.occupation_code as from_occupation_code,
    target.occupation_code as to_occupation_code,
    nearest.similarity,
    nearest.likely_score,
    nearest.word_similarity,
    {{ to_integer('nearest.related_index') }} as related_index,
    {{ to_integer('nearest.job_share') }} as to_job_share,
    {{ to_integer('nearest.job_zone_step') }} as job_zone_step,
    {{ to_four_decimals('coalesce(shortfall.shortfall, 0) / target.importance') }}
        as weighted_shortfall,
    {{ to_four_decimals('1 - coalesce(shortfall.shortfall, 0) / nullif(target.level, 0)') }}
        as share_of_needs_met,
    {{ to_integer('coalesce(shortfall.higher_element_count, 0)') }} as higher_element_count,
    {{ to_integer('coalesce(shortfall.significant_gap_count, 0)') }} as significant_gap_count,
    -- A set difference, as in `technology_gap`; of an occupation without any listed technology
    -- nothing is known.
    {{ to_integer('case when source_technology.technology_count > 0
        then target_technology.technology_count - coalesce(shared.technology_count, 0) end') }}
        as missing_technology_count
from {{ ref('int_nearest_occupation') }} as nearest
inner join need as source on nearest.from_number = source.occupation_number
inner join need as target on nearest.to_number = target.occupation_number
left join shortfall on nearest.from_number = shortfall.from_number and nearest.to_number
    = shortfall.to_number
left join technology as source_technology on nearest.from_number
    = source_technology.occupation_number
left join technology as target_technology on nearest.to_number = target_technology.occupation_number
left join shared on nearest.from_number = shared.from_number and nearest.to_number
    = shared.to_number

-- A stem is found by itself or an everyday word for it, and where it is misspelled by the three
-- letters in a row that it shares with what was typed.
with counted as (
    select stem, count(*) as names from {{ ref('bridge_search_title_stem') }} group by stem
),

weighed as (
    select counted.stem, {{ stem_weight('counted.names', 'titles.names') }} as weight
    from counted
    cross join (select count(*) as names from {{ ref('dim_search_title') }}) as titles
),

place as (
    {% for n in range(1, 41) %}select {{ n }} as n{{ ' union all ' if not loop.last }}{% endfor %}
),

part as (
    select distinct substr(concat(' ', weighed.stem, ' '), place.n, 3) as part, weighed.stem,
        weighed.weight
    from weighed
    inner join place on place.n <= char_length(weighed.stem)
),

-- What hundreds of stems have, as `er `, tells none of them.
telling as (
    select part as telling_part from part group by part having count(*) <= 400
),

found as (
    select part.part, part.stem, part.weight, 0 as is_word
    from part
    inner join telling on part.part = telling.telling_part
    union all
    select stem as part, stem, weight, 1 as is_word from weighed
    union all
    select everyday.part, weighed.stem, weighed.weight, 1 as is_word
    from (
        select
            trim({{ stems("concat(' ', everyday, ' ')") }}) as part,
            trim({{ stems("concat(' ', standard, ' ')") }}) as everyday_stem
        from {{ ref('everyday_word') }}
        where instr(everyday, ' ') = 0 and instr(standard, ' ') = 0
    ) as everyday
    inner join weighed on everyday.everyday_stem = weighed.stem
)

select
    part,
    stem,
    weight,
    {{ to_integer('max(is_word)') }} as is_word
from found
group by part, stem, weight

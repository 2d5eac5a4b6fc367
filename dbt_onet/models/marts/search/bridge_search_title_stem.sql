-- The index of the search. What a name shares out among its stems is worked out here, so that a
-- search only adds up.
with parted as (
    select distinct
        part.stem,
        phrase.occupation_code,
        phrase.title_number,
        phrase.kind_order
    from {{ by_stem(ref('int_search_phrase') ~ ' as phrase', 'phrase.stems') }}
    where part.stem <> ''  -- a lone s is an ending, of nothing
),

counted as (
    select stem as counted_stem, count(*) as names from parted group by stem
),

weighed as (
    select
        parted.*,
        {{ stem_weight('counted.names', 'phrases.names') }} as weight
    from parted
    inner join counted on parted.stem = counted.counted_stem
    cross join (select count(*) as names from {{ ref('int_search_phrase') }}) as phrases
)

select
    stem,
    occupation_code,
    title_number,
    kind_order,
    {{ to_integer("floor(1000.0 * weight / sum(weight)
        over (partition by occupation_code, title_number) + 0.5)") }} as share
from weighed

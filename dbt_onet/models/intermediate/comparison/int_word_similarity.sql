-- The cosine of the words of two occupations' titles, each word by its rarity; of pairs that share
-- one.
with length as (
    select occupation_number, sqrt(sum(cast(rarity * rarity as double))) as length
    from {{ ref('int_compared_word') }}
    group by occupation_number
),

shared as (
    select
        one.occupation_number as one_number,
        other.occupation_number as other_number,
        sum(one.rarity * other.rarity) as product
    from {{ ref('int_compared_word') }} as one
    inner join {{ ref('int_compared_word') }} as other
        on one.word_number = other.word_number
        and one.occupation_number < other.occupation_number
    group by one.occupation_number, other.occupation_number
)

select
    {{ to_integer('shared.one_number') }} as one_number,
    {{ to_integer('shared.other_number') }} as other_number,
    {{ to_four_decimals('cast(shared.product as double) / (one.length * other.length)') }}
        as word_similarity
from shared
inner join length as one on shared.one_number = one.occupation_number
inner join length as other on shared.other_number = other.occupation_number
where shared.product > 0

-- A word of titles and the same word of tasks are two. Words of one occupation alone can be shared
-- with none. Rarity in hundredths, a whole number: sums of products are exact on both engines.
{% set published -%}
    {{ ref('int_importance_profile') }} as profile
    inner join text_of_occupation as published on profile.occupation_code
        = published.occupation_code
{%- endset %}
with title as (
    select occupation_code, 'title' as vocabulary, words from {{ ref('dim_title') }}
),

task as (
    select occupation_code, 'task' as vocabulary, {{ words('lower(task)') }} as words
    from {{ ref('fct_task') }}
),

text_of_occupation as (
    select * from title
    union all
    select * from task
),

word as (
    select distinct profile.occupation_number, published.vocabulary, part.stem as word
    from {{ by_stem(published, 'published.words') }}
    where part.stem <> ''
),

counted as (
    select
        word.vocabulary,
        word.word,
        count(*) as occupation_count,
        row_number() over (order by word.vocabulary, word.word) as word_number
    from word
    group by word.vocabulary, word.word
    having count(*) between 2 and {{ most_occupations_of_a_word() }}
),

total as (
    select count(*) as occupation_count from {{ ref('int_importance_profile') }}
)

select
    {{ to_integer('counted.word_number') }} as word_number,
    {{ to_integer('word.occupation_number') }} as occupation_number,
    {{ to_integer('floor(ln(
        total.occupation_count * 1e0 / counted.occupation_count) * 100 + 0.5)') }}
        as rarity
from word
inner join counted
    on word.vocabulary = counted.vocabulary
    and word.word = counted.word
cross join total

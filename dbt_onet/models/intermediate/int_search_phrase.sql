-- What occupations are found by: their titles, everyday words for these, and the technologies that
-- employers ask for.
with called as (
    select
        occupation_code,
        title,
        case when is_title = 1 then 1 when is_reported = 1 then 2 else 3 end as kind_order,
        normalized_title as name
    from {{ ref('dim_title') }}
    union all
    select occupation_code, technology_name as title, 4 as kind_order,
        lower(technology_name) as name
    from {{ ref('fct_occupation_technology') }}
    where coalesce(is_in_demand, is_hot_technology) = 1
),

parted as (
    select called.*, {{ words(spelled_out('name')) }} as words from called
),

-- Of "Teachers, Except Special Education" the exception is no part, and "All Other" says nothing.
cut as (
    select
        occupation_code,
        title,
        kind_order,
        case
            when kind_order > 1 then words
            when instr(words, ' except ') > 1 then left(words, instr(words, ' except '))
            else replace(words, ' all other ', ' ')
        end as words
    from parted
),

shortened as (
    select cut.*, {{ without_small_words('words') }} as telling from cut
),

-- Distinct, so that MySQL works the stems out once.
stemmed as (
    select distinct
        occupation_code,
        title,
        kind_order,
        {{ stems("case when trim(telling) = '' then words else telling end") }} as stems
    from shortened
),

everyday as (
    select distinct
        {{ stems(without_small_words("concat(' ', everyday, ' ')")) }} as everyday,
        {{ stems(without_small_words("concat(' ', standard, ' ')")) }} as standard
    from {{ ref('everyday_word') }}
    -- of one word for another, `dim_search_stem` knows
    where instr(everyday, ' ') > 0 or instr(standard, ' ') > 0
),

phrase as (
    select occupation_code, title, kind_order, stems from stemmed
    union all
    select stemmed.occupation_code, stemmed.title, stemmed.kind_order, everyday.everyday as stems
    from stemmed
    inner join everyday on stemmed.stems = everyday.standard
    where stemmed.kind_order < 4
),

spelled as (
    select
        phrase.*,
        row_number() over (
            partition by occupation_code, stems order by kind_order, char_length(title), hex(title)
        ) as spelling
    from phrase
    where trim(stems) <> ''
)

select
    occupation_code,
    {{ to_integer('row_number() over (partition by occupation_code order by kind_order, hex(
        title), hex(stems))') }} as title_number,
    title,
    {{ to_integer('kind_order') }} as kind_order,
    stems
from spelled
where spelling = 1

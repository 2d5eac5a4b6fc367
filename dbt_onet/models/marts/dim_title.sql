-- O*NET's own title, alternate and reported titles in one place, once each whatever their case. Of several spellings O*NET's own goes first, then a
-- reported one; hex() settles the rest in the same way on both engines, whose collations sort differently.
with called as (
    select lower(title) as normalized_title, occupation_code, title, 'title' as title_kind, 1 as kind_order from {{ ref('stg_occupation') }}
    union all
    select
        lower(title) as normalized_title,
        occupation_code,
        title,
        title_kind,
        case title_kind when 'reported' then 2 else 3 end as kind_order
    from {{ ref('stg_occupation_title') }}
),

spelled as (
    select
        called.*,
        row_number() over (partition by normalized_title, occupation_code order by kind_order, hex(title)) as spelling
    from called
)

select
    normalized_title,
    occupation_code,
    max(case when spelling = 1 then title end) as title,
    {{ to_integer("max(case when title_kind = 'title' then 1 else 0 end)") }} as is_title,
    {{ to_integer("max(case when title_kind = 'alternate' then 1 else 0 end)") }} as is_alternate,
    {{ to_integer("max(case when title_kind = 'reported' then 1 else 0 end)") }} as is_reported,
    {{ words('normalized_title') }} as words
from spelled
group by normalized_title, occupation_code

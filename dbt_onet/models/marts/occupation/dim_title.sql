-- O*NET's own title, alternate and reported titles in one place, once each whatever their case. Of
-- several spellings O*NET's own goes first, then a reported one; hex() settles the rest in the same
-- way on both engines, whose collations sort differently.
with published as (
    select occupation_code, title, 1 as kind_order from {{ ref('stg_occupation') }}
    union all
    select occupation_code, title, 2 as kind_order from {{ ref('stg_reported_title') }}
    union all
    select occupation_code, title, 3 as kind_order from {{ ref('stg_alternate_title') }}
    union all
    select occupation_code, short_title as title, 3 as kind_order
        from {{ ref('stg_alternate_title') }} where short_title is not null
),

called as (
    select lower(title) as normalized_title, published.* from published
),

spelled as (
    select
        called.*,
        row_number() over (partition by normalized_title, occupation_code order by kind_order,
            hex(title)) as spelling
    from called
)

select
    normalized_title,
    occupation_code,
    max(case when spelling = 1 then title end) as title,
    {{ to_integer("max(case when kind_order = 1 then 1 else 0 end)") }} as is_title,
    {{ to_integer("max(case when kind_order = 3 then 1 else 0 end)") }} as is_alternate,
    {{ to_integer("max(case when kind_order = 2 then 1 else 0 end)") }} as is_reported,
    {{ words('normalized_title') }} as words
from spelled
group by normalized_title, occupation_code

-- What people call an occupation: alternate titles, their short forms, and titles that workers reported. A row without a short form gives none.
with alternate as (
    select
        {{ typed('onetsoc_code', 'text(10)') }} as occupation_code,
        {{ typed('alternate_title', 'text(250)') }} as title,
        {{ typed('short_title', 'text(150)') }} as short_title
    from {{ source('raw', 'alternate_titles') }}
    where {{ in_current_load() }}
)

select occupation_code, title, 'alternate' as title_kind from alternate
union all
select occupation_code, short_title as title, 'alternate' as title_kind from alternate where short_title is not null
union all
select
    {{ typed('onetsoc_code', 'text(10)') }} as occupation_code,
    {{ typed('reported_job_title', 'text(150)') }} as title,
    'reported' as title_kind
from {{ source('raw', 'sample_of_reported_titles') }}
where {{ in_current_load() }}

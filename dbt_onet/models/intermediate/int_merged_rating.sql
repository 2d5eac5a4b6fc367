-- The release's rating wins where it has one; O*NET Web Services fills the gaps. A row without a
-- value says nothing and so leaves a gap: `typed_as` has made sure that each of them was published
-- as `n/a`. The service serves its own, newer release: what it rates that the landed one does not
-- have at all is left out.
with released as (
    select * from {{ ref('stg_rating') }} where value is not null
),

fitting as (
    select answered.*
    from {{ ref('stg_supplement_rating') }} as answered
    inner join {{ ref('stg_occupation') }} as occupation on answered.occupation_code
        = occupation.occupation_code
    inner join {{ ref('dim_element') }} as element on answered.element_id = element.element_id
    where answered.value is not null and answered.scale_id in ('LV', 'IM')
)

select
    rating.occupation_code,
    rating.element_id,
    rating.scale_id,
    rating.value,
    rating.n,
    rating.standard_error,
    rating.lower_bound,
    rating.upper_bound,
    rating.is_suppress_recommended,
    rating.is_not_relevant,
    rating.updated_month,
    rating.domain_source,
    rating.file_name,
    rating.line_number,
    'release' as rating_source,
    null as service_release
from released as rating
union all
select
    rating.occupation_code,
    rating.element_id,
    rating.scale_id,
    rating.value,
    rating.n,
    rating.standard_error,
    rating.lower_bound,
    rating.upper_bound,
    rating.is_suppress_recommended,
    rating.is_not_relevant,
    rating.updated_month,
    rating.domain_source,
    null as file_name,
    {{ to_integer('null') }} as line_number,
    'web_services' as rating_source,
    rating.service_release
from fitting as rating
left join released
    on rating.occupation_code = released.occupation_code
    and rating.element_id = released.element_id
    and rating.scale_id = released.scale_id
where released.value is null

-- Only to occupations of this release: a crosswalk may be of a newer or older list.
select
    concat(link.code_system, ':', link.code) as code_id,
    link.occupation_code,
    link.is_partial
from {{ ref('int_code_link') }} as link
inner join {{ ref('dim_occupation') }} as occupation on link.occupation_code
    = occupation.occupation_code

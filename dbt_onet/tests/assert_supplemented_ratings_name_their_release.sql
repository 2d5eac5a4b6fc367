-- A rating by O*NET Web Services says which release it is from, if only `unknown`; one of the
-- landed release is of that one, and says nothing. Two columns decide it together, which no generic
-- test of one column does.
select
    occupation_code,
    element_id,
    scale_id,
    rating_source,
    service_release
from {{ ref('fct_rating') }}
where
    (rating_source = 'web_services' and service_release is null)
    or (rating_source = 'release' and service_release is not null)

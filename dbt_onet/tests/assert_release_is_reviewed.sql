-- A release whose row counts nobody has reviewed yet (seed `expected_row_count`) is published, with a warning.
{{ config(severity='warn') }}
select publication.onet_release
from {{ ref('publication') }} as publication
left join {{ ref('expected_row_count') }} as expected on publication.onet_release = expected.onet_release
where expected.onet_release is null

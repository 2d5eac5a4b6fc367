-- A release whose row counts nobody has reviewed yet (seed `expected_row_count`) is published, with
-- a warning; so is one whose occupations are those of no known taxonomy (seed
-- `occupation_taxonomy`).
{{ config(severity='warn') }}
select distinct publication.onet_release, publication.taxonomy
from {{ ref('publication') }} as publication
left join {{ ref('expected_row_count') }} as expected on publication.onet_release
    = expected.onet_release
where expected.onet_release is null or publication.taxonomy is null

-- Seed `expected_row_count` holds what each known release has, reviewed when the release was taken in: no row is lost unseen, and none appears.
-- Compared on the typed staging views, after landing and before any join. A release that the seed does not know is reported by the test beside this one.
with staged as (
    select 'occupation_data' as table_name, count(*) as row_count from {{ ref('stg_occupation') }}
    union all
    select 'content_model_reference' as table_name, count(*) as row_count from {{ ref('stg_element') }}
    union all
    select 'scales_reference' as table_name, count(*) as row_count from {{ ref('stg_scale') }}
    union all
    select 'job_zones' as table_name, count(*) as row_count from {{ ref('stg_job_zone') }}
    union all
    select concat('ratings of ', domain_element.domain) as table_name, count(*) as row_count
    from {{ ref('stg_rating') }} as rating
    inner join {{ ref('dim_element') }} as domain_element on rating.element_id = domain_element.element_id
    group by domain_element.domain
)

select expected.onet_release, expected.table_name, expected.row_count as expected_row_count, staged.row_count
from {{ ref('expected_row_count') }} as expected
inner join {{ ref('publication') }} as publication on expected.onet_release = publication.onet_release
left join staged on expected.table_name = staged.table_name
where staged.row_count is null or staged.row_count <> expected.row_count

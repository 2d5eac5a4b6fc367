-- Seed `expected_row_count` holds what each known release has, reviewed when the release was taken
-- in: no row is lost unseen, and none appears. Compared on the typed staging views, after landing
-- and before any join. A release that the seed does not know is reported by the test beside this
-- one.
with staged as (
    select 'occupation_data' as table_name, count(*) as row_count from {{ ref('stg_occupation') }}
    union all
    select 'content_model_reference' as table_name, count(*) as row_count
        from {{ ref('stg_element') }}
    union all
    select 'scales_reference' as table_name, count(*) as row_count from {{ ref('stg_scale') }}
    union all
    select 'job_zones' as table_name, count(*) as row_count from {{ ref('stg_job_zone') }}
    union all
    select concat('ratings of ', domain_element.domain) as table_name, count(*) as row_count
    from {{ ref('stg_rating') }} as rating
    inner join {{ ref('dim_element') }} as domain_element on rating.element_id
        = domain_element.element_id
    group by domain_element.domain
    {%- for table_name, staging in {
        'alternate_titles': ref('stg_alternate_title'),
        'level_scale_anchors': ref('stg_level_anchor'),
        'related_occupations': ref('stg_related_occupation'),
        'required education': ref('stg_education'),
        'sample_of_reported_titles': ref('stg_reported_title'),
        'task_statements': ref('stg_task'),
        'technology_skills': ref('stg_technology'),
        'unspsc_reference': ref('stg_unspsc'),
        'worker characteristics': ref('stg_worker_characteristic'),
    }.items() %}
    union all
    select '{{ table_name }}' as table_name, count(*) as row_count from {{ staging }}
    {%- endfor %}
)

select expected.onet_release, expected.table_name, expected.row_count as expected_row_count,
    staged.row_count
from {{ ref('expected_row_count') }} as expected
inner join {{ ref('publication') }} as publication on expected.onet_release
    = publication.onet_release
left join staged on expected.table_name = staged.table_name
where staged.row_count is null or staged.row_count <> expected.row_count

-- What this build was made from. When it went live and what its tests said is known only
-- afterwards: publication fills the last three.
with current_load as (
    select * from {{ source('raw', 'raw_load') }} where {{ in_current_load() }}
),

occupation as (
    select count(*) as occupation_count from {{ ref('dim_occupation') }}
),

rating as (
    select
        count(*) as rating_count,
        sum(case when rating_source = 'web_services' then 1
            else 0 end) as supplemented_rating_count,
        count(distinct case when rating_source = 'web_services'
            then occupation_code end) as supplemented_occupation_count
    from {{ ref('fct_rating') }}
),

answered as (
    select count(value) as answered_rating_count, max(service_release) as service_release,
        max(fetched_at) as supplemented_at
    from {{ ref('stg_supplement_rating') }}
),

transition as (
    select
        max(case when domain = 'skills' then 'skills' end) as skills,
        max(case when domain = 'knowledge' then 'knowledge' end) as knowledge
    from {{ ref('int_compared_rating') }}
),

taxonomy as (
    select max(known.taxonomy) as taxonomy
    from (
        select count(*) as occupation_count,
            sum({{ to_integer("replace(replace(occupation_code, '-', ''), '.', '')") }}) as code_sum
        from {{ ref('dim_occupation') }}
    ) as listed
    left join {{ ref('occupation_taxonomy') }} as known
        on listed.occupation_count = known.occupation_count and listed.code_sum = known.code_sum
)

select
    cast('{{ invocation_id }}' as char(36)) as build_id,
    cast(current_load.release as char(20)) as onet_release,
    cast(current_load.source as char(500)) as source,
    cast(current_load.file_checksums as char) as file_checksums,
    {{ to_integer('current_load.load_id') }} as load_id,
    cast(current_load.finished_at as datetime) as loaded_at,
    {{ to_integer('current_load.rows_landed') }} as landed_row_count,
    {{ to_integer('current_load.rows_rejected') }} as rejected_row_count,
    {{ to_integer('occupation.occupation_count') }} as occupation_count,
    {{ to_integer('rating.rating_count') }} as rating_count,
    cast(null as datetime) as published_at,
    {{ to_integer('null') }} as passed_test_count,
    {{ to_integer('null') }} as warned_test_count,
    {{ to_integer('rating.supplemented_rating_count') }} as supplemented_rating_count,
    {{ to_integer('rating.supplemented_occupation_count') }} as supplemented_occupation_count,
    {{ to_integer('answered.answered_rating_count') }} as answered_rating_count,
    cast(current_load.not_loaded as char) as not_loaded,
    cast(concat_ws(', ', transition.skills,
        transition.knowledge) as char(40)) as transition_domains,
    cast(taxonomy.taxonomy as char(40)) as taxonomy,
    cast(answered.service_release as char(20)) as service_release,
    cast(answered.supplemented_at as datetime) as supplemented_at
from current_load
cross join occupation
cross join rating
cross join answered
cross join transition
cross join taxonomy

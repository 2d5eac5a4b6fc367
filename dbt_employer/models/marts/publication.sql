-- Time and test counts are filled in by publication.
select
    '{{ invocation_id }}' as build_id,
    (select max(load_id) from {{ ref('stg_load') }}) as load_id,
    as_of.as_of_date,
    onet.onet_release,
    onet.onet_build_id,
    cast(null as {{ timestamp_type() }}) as published_at,
    {{ to_integer('null') }} as passed_test_count,
    {{ to_integer('null') }} as warned_test_count
from {{ ref('int_as_of') }} as as_of
left join {{ ref('stg_onet_publication') }} as onet on 1 = 1

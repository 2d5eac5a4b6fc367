{% if var('onet_is_published') -%}
select
    {{ text_of_source('build_id') }} as onet_build_id,
    {{ text_of_source('onet_release') }} as onet_release
from {{ source('onet', 'current_publication') }}
{%- else -%}
select
    {{ as_text('null') }} as onet_build_id,
    {{ as_text('null') }} as onet_release
where 1 = 0
{%- endif %}

{% if var('onet_is_published') -%}
select
    {{ text_of_source('occupation_code') }} as occupation_code,
    {{ text_of_source('title') }} as title
from {{ source('onet', 'occupation') }}
{%- else -%}
select
    {{ as_text('null') }} as occupation_code,
    {{ as_text('null') }} as title
where 1 = 0
{%- endif %}

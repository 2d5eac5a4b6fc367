{% if var('onet_is_published') -%}
select
    {{ text_of_source('normalized_title') }} as normalized_title,
    {{ text_of_source('occupation_code') }} as occupation_code
from {{ source('onet', 'occupation_title') }}
{%- else -%}
select
    {{ as_text('null') }} as normalized_title,
    {{ as_text('null') }} as occupation_code
where 1 = 0
{%- endif %}

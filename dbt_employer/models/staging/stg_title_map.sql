select
    load_id,
    file_name,
    line_number,
    {{ field('title') }} as title,
    lower({{ field('title') }}) as normalized_title,
    {{ field('occupation_code') }} as occupation_code
from {{ source('employer_raw', 'title_map') }}
where {{ in_newest_load('title_map') }}

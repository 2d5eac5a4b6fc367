select
    {{ typed('category', 'integer') }} as education_level,
    {{ typed('category_description', 'text(1000)') }} as description
from {{ source('raw', 'ete_categories') }}
where {{ in_current_load() }} and scale_id = 'RL'

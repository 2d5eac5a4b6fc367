-- Of the file's five questions only the required level of education (scale RL): the percentage of
-- answers for each of its categories.
select
    {{ typed('onetsoc_code', 'occupation code') }} as occupation_code,
    {{ typed('category', 'integer') }} as education_level,
    {{ typed('data_value', 'decimal(5,2)') }} as percent
from {{ source('raw', 'education_training_experience') }}
where {{ in_current_load() }} and scale_id = 'RL'

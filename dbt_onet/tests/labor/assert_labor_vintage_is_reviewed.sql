-- A vintage whose row count nobody has reviewed yet (seed `expected_labor_row_count`) is published,
-- with a warning.
{{ config(severity='warn') }}
select file.dataset, file.vintage, file.row_count
from {{ ref('stg_labor_file') }} as file
left join {{ ref('expected_labor_row_count') }} as expected on file.dataset = expected.dataset
    and file.vintage = expected.vintage
where expected.dataset is null

-- Seed `expected_labor_row_count` holds what each known vintage has, which files beside the
-- invented sample need not. Counted after landing and before any join.
with staged as (
    select dataset, vintage, sum(row_count) as landed_row_count from {{ ref('stg_labor_file') }}
        group by dataset, vintage
    -- what staging makes of them is counted too: no row is lost between the two
),

read_row as (
    select 'oews_national' as dataset, vintage, count(*) as row_count
        from {{ ref('stg_labor_wage') }} group by vintage
    union all
    select 'employment_projections' as dataset, vintage, count(*) as row_count
        from {{ ref('stg_labor_projection') }} group by vintage
    union all
    select crosswalk.dataset, file.vintage, count(*) as row_count
    from {{ ref('stg_labor_crosswalk') }} as crosswalk
    inner join {{ ref('stg_labor_file') }} as file on crosswalk.dataset = file.dataset
        and file.is_newest = 1
    group by crosswalk.dataset, file.vintage
    union all
    select file.dataset, file.vintage, count(*) as row_count
    from {{ ref('stg_labor_nem') }} as nem
    inner join {{ ref('stg_labor_file') }} as file on file.dataset = 'nem_to_onet2019'
        and file.is_newest = 1
    group by file.dataset, file.vintage
)

select staged.dataset, staged.vintage, expected.row_count as expected_row_count,
    staged.landed_row_count, read_row.row_count
from staged
left join {{ ref('expected_labor_row_count') }} as expected on staged.dataset = expected.dataset
    and staged.vintage = expected.vintage
left join read_row on staged.dataset = read_row.dataset and staged.vintage = read_row.vintage
where (staged.landed_row_count <> expected.row_count
    and (select max(onet_release) from {{ ref('publication') }}) <> 'sample')
    or staged.landed_row_count <> read_row.row_count

-- Projections are published for line items of the National Employment Matrix. Without BLS's
-- crosswalk a code's line item is its SOC code, where there is one.
with line_item as (
    select * from {{ ref('stg_labor_projection') }} where occupation_type = 'Line item'
),

placed as (
    select
        occupation.occupation_code,
        left(occupation.occupation_code, 7) as soc_code,
        coalesce(nem.nem_code, left(occupation.occupation_code, 7)) as nem_code,
        nem.handbook_address
    from {{ ref('stg_occupation') }} as occupation
    left join {{ ref('stg_labor_nem') }} as nem on occupation.occupation_code = nem.occupation_code
),

matched as (
    select
        placed.occupation_code,
        placed.handbook_address,
        file.vintage,
        file.vintage_name,
        file.is_newest,
        case when right(placed.occupation_code, 3) = '.00' then 0 else 1 end as is_detail,
        case when placed.nem_code = placed.soc_code then 0 else 1 end as is_merged,
        line_item.*
    from placed
    inner join {{ ref('stg_labor_file') }} as file on file.dataset = 'employment_projections'
    left join (
        select
            vintage as line_vintage,
            source_code,
            source_title,
            employment_thousands,
            projected_employment_thousands,
            employment_change_thousands,
            employment_change_percent,
            self_employed_percent,
            annual_openings_thousands,
            education,
            work_experience,
            training
        from line_item
    ) as line_item
        on file.vintage = line_item.line_vintage
        and placed.nem_code = line_item.source_code
)

select
    occupation_code,
    vintage,
    vintage_name,
    is_newest,
    {{ match_kind('source_code', 'is_detail', 'is_merged') }} as match_kind,
    {{ to_integer('case when source_code is null then null when is_detail = 1 or is_merged = 1
        then 1 else 0 end') }} as is_shared,
    source_code,
    source_title,
    {{ to_integer('employment_thousands * 1000') }} as employment,
    {{ to_integer('projected_employment_thousands * 1000') }} as projected_employment,
    {{ to_integer('employment_change_thousands * 1000') }} as employment_change,
    employment_change_percent,
    {{ to_integer('annual_openings_thousands * 1000') }} as annual_openings,
    self_employed_percent,
    education,
    work_experience,
    training,
    case when source_code is not null then handbook_address end as handbook_address
from matched

-- A code's figures in OEWS are those of its SOC code, the first seven characters, where that is a
-- detailed occupation there; else those of the group of the National Employment Matrix that it is
-- merged into. Seven codes are both a broad and a detailed occupation: only the detailed row
-- counts.
with detailed as (
    select * from {{ ref('stg_labor_wage') }} where occupation_group = 'detailed'
),

matched as (
    select
        occupation.occupation_code,
        file.vintage,
        file.vintage_name,
        file.is_newest,
        case when right(occupation.occupation_code, 3) = '.00' then 0 else 1 end as is_detail,
        case when own.source_code is null then 1 else 0 end as is_merged,
        coalesce(own.source_code, merged.source_code) as source_code
    from {{ ref('stg_occupation') }} as occupation
    inner join {{ ref('stg_labor_file') }} as file on file.dataset = 'oews_national'
    left join detailed as own
        on file.vintage = own.vintage
        and left(occupation.occupation_code, 7) = own.source_code
    left join {{ ref('stg_labor_nem') }} as nem on occupation.occupation_code = nem.occupation_code
    left join detailed as merged
        on file.vintage = merged.vintage
        and nem.nem_code = merged.source_code
)

select
    matched.occupation_code,
    matched.vintage,
    matched.vintage_name,
    matched.is_newest,
    case
        when detailed.annual_mean is null and detailed.annual_median is null
            and detailed.hourly_median is not null then 'hourly_only'
        else {{ match_kind('matched.source_code', 'matched.is_detail', 'matched.is_merged') }}
    end as match_kind,
    {{ to_integer('case when matched.source_code is null then null when matched.is_detail = 1
        or matched.is_merged = 1 then 1 else 0 end') }} as is_shared,
    matched.source_code,
    detailed.source_title,
    detailed.employment,
    detailed.employment_relative_error,
    detailed.mean_relative_error,
    {% for column in wage_columns() -%}
    detailed.{{ column }}{{ ',' if not loop.last }}
    {% endfor %}
from matched
left join detailed
    on matched.vintage = detailed.vintage
    and matched.source_code = detailed.source_code

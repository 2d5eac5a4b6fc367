-- What is known of the official files, one line a figure: a wrong join, mark or row shows here.
-- Each is asked only where the files that it is about are landed (`needs`: dataset → vintage),
-- beside a real release and not the sample, and, of figures over occupations, where the release
-- lists the 1,016 of O*NET-SOC 2019.
{% set wages = {'oews_national': '2025-05'} %}
{% set both = {'oews_national': '2024-05'} %}
{% set merged = {'oews_national': '2025-05', 'nem_to_onet2019': '2023-09-06',
    'onet2019_to_soc2018': '2019'} %}
{% set outlook = {'employment_projections': '2024-34'} %}
{% set annual = "(annual_mean is not null or annual_median is not null)" %}
{% set w25 = "from " ~ ref('stg_labor_wage') ~ " where vintage = '2025-05'" %}
{% set w24 = "from " ~ ref('stg_labor_wage') ~ " where vintage = '2024-05'" %}
{% set f25 = "from " ~ ref('fct_occupation_wage') ~ " where vintage = '2025-05'" %}
{% set ep = "from " ~ ref('stg_labor_projection') ~ " where vintage = '2024-34'" %}
{% set rn = ep ~ " and source_code = '29-1141'" %}
{% set pairs = "from " ~ ref('stg_labor_crosswalk') %}
{% set hourly = "('27-2011', '27-2031', '27-2042', '27-2091', '27-2099')" %}
{% set facts = [
    (1, wages, 155495730, "max(employment) " ~ w25 ~ " and occupation_group = 'total'"),
    (1, wages, 69770, "max(annual_mean) " ~ w25 ~ " and occupation_group = 'total'"),
    (1, wages, 50980, "max(annual_median) " ~ w25 ~ " and occupation_group = 'total'"),
    (1, wages, 830, "count(*) " ~ w25 ~ " and occupation_group = 'detailed'"),
    (1, wages, 155481840, "sum(employment) " ~ w25 ~ " and occupation_group = 'detailed'"),
    (2, wages, 3379720, "max(employment) " ~ f25 ~ " and occupation_code = '29-1141.00'"),
    (2, wages, 97550, "max(annual_median) " ~ f25 ~ " and occupation_code = '29-1141.00'"),
    (2, wages, 68940, "max(annual_p10) " ~ f25 ~ " and occupation_code = '29-1141.00'"),
    (2, wages, 137470, "max(annual_p90) " ~ f25 ~ " and occupation_code = '29-1141.00'"),
    (3, both, 239200, "max(annual_median) " ~ w24 ~ " and source_code = '29-1213'
        and is_annual_median_at_least = 1"),
    (3, wages, 328730, "max(annual_median) " ~ w25 ~ " and source_code = '29-1213'
        and is_annual_median_at_least = 0"),
    (3, both, 17, "count(*) " ~ w24 ~ " and occupation_group = 'detailed'
        and is_annual_median_at_least = 1"),
    (3, wages, 0, "count(*) " ~ w25 ~ " and occupation_group = 'detailed'
        and is_annual_median_at_least = 1"),
    (4, wages, 5, "count(*) " ~ w25 ~ " and occupation_group = 'detailed' and not " ~ annual),
    (4, wages, 5, "count(*) " ~ w25 ~ " and occupation_group = 'detailed' and not " ~ annual ~ "
        and source_code in " ~ hourly),
    (4, both, 5, "count(*) " ~ w24 ~ " and occupation_group = 'detailed' and not " ~ annual ~ "
        and source_code in " ~ hourly),
    (4, wages, 2905, "max(hourly_median * 100) " ~ w25 ~ " and source_code = '27-2011'
        and occupation_group = 'detailed'"),
    (5, merged, 990, "count(*) " ~ f25 ~ " and " ~ annual),
    (5, merged, 813, "count(*) " ~ f25 ~ " and match_kind = 'direct' and " ~ annual),
    (5, merged, 143, "count(*) " ~ f25 ~ " and match_kind = 'parent' and " ~ annual),
    (5, merged, 28, "count(*) " ~ f25 ~ " and match_kind = 'merged' and " ~ annual),
    (5, merged, 6, "count(*) " ~ f25 ~ " and match_kind = 'merged_parent' and " ~ annual),
    (5, merged, 5, "count(*) " ~ f25 ~ " and match_kind = 'hourly_only'"),
    (5, merged, 21, "count(*) " ~ f25 ~ " and match_kind = 'none'"),
    (5, merged, 149, "count(*) " ~ f25 ~ " and right(occupation_code, 3) <> '.00'
        and source_code is not null"),
    (6, merged, 867, "count(distinct to_code) " ~ pairs ~ " where dataset = 'onet2019_to_soc2018'"),
    (6, merged, 818, "count(distinct left(occupation_code, 7)) " ~ f25 ~ " and source_code
        = left(occupation_code, 7)"),
    (6, merged, 846, "count(distinct left(occupation_code, 7)) " ~ f25 ~ "
        and source_code is not null"),
    (7, outlook, 832, "count(*) " ~ ep ~ " and occupation_type = 'Line item'"),
    (7, outlook, 33910, "max(employment_thousands * 10) " ~ rn),
    (7, outlook, 35571, "max(projected_employment_thousands * 10) " ~ rn),
    (7, outlook, 49, "max(employment_change_percent * 10) " ~ rn),
    (7, outlook, 1891, "max(annual_openings_thousands * 10) " ~ rn),
    (7, outlook, 1, "count(*) " ~ rn ~ " and education = 'Bachelor''s degree'"),
    (7, {'employment_projections': '2024-34', 'oews_national': '2024-05'}, 832, "count(*) from "
        ~ ref('stg_labor_projection') ~ " as line left join " ~ ref('stg_labor_wage')
        ~ " as wage on line.source_code = wage.source_code and wage.vintage = '2024-05'
            and wage.occupation_group = 'detailed' where line.vintage = '2024-34'"
        ~ " and line.occupation_type = 'Line item' and coalesce(line.median_annual_wage, -1)
            = coalesce(wage.annual_median, -1)"
        ~ " and coalesce(line.is_median_annual_wage_at_least, -1)
            = coalesce(wage.is_annual_median_at_least, -1)"),
    (8, {'esco_to_onet2019': '01.01.00'}, 8627, "count(*) " ~ pairs ~ " where dataset
        = 'esco_to_onet2019'"),
    (8, {'esco_to_onet2019': '01.01.00'}, 958, "count(distinct to_code) " ~ pairs ~ " where dataset
        = 'esco_to_onet2019'"),
    (8, {'cip2020_to_onet2019': '2020'}, 8501, "count(*) " ~ pairs ~ " where dataset
        = 'cip2020_to_onet2019'"),
    (8, {'cip2020_to_onet2019': '2020'}, 1948, "count(distinct from_code) " ~ pairs ~ "
        where dataset = 'cip2020_to_onet2019'"),
    (8, {'cip2020_to_onet2019': '2020'}, 825, "count(distinct to_code) " ~ pairs ~ " where dataset
        = 'cip2020_to_onet2019'"),
    (8, {'cip2020_to_onet2019': '2020'}, 688, "count(distinct left(to_code, 7)) " ~ pairs ~ "
        where dataset = 'cip2020_to_onet2019'"),
] %}
with checked as (
    {% for fact, needs, expected, figure in facts %}
    select
        {{ fact }} as fact,
        {{ loop.index }} as line,
        {{ expected }} as expected,
        (select {{ figure }}) as found,
        (
            select count(*) from {{ ref('stg_labor_file') }}
            where {% for dataset, vintage in needs.items() %}{{ 'or ' if not loop.first }}dataset
                = '{{ dataset }}' and vintage = '{{ vintage }}'
            {% endfor %}
        ) as landed_count,
        {{ needs | length }} as needed_count,
        {{ 1 if 'fct_' in figure else 0 }} as is_over_occupations
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select fact, line, expected, found
from checked
where landed_count = needed_count
    and (select max(onet_release) from {{ ref('publication') }}) <> 'sample'
    and (is_over_occupations = 0 or (select count(*) from {{ ref('dim_occupation') }}) = 1016)
    and (found is null or found <> expected)

-- Rated in a domain = O*NET publishes a level for it, in the release or through its Web Services.
-- Release by release the sets of rated occupations differ between domains.
with rated as (
    select
        rating.occupation_code,
        {% for domain in ['skills', 'knowledge', 'abilities', 'work_activities'] -%}
        max(case when element.domain = '{{ domain }}' then 1 else 0 end) as is_rated_{{ domain }},
        max(case when element.domain = '{{ domain }}' and rating.rating_source = 'web_services'
            then 1 else 0 end) as is_supplemented_{{ domain }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_merged_rating') }} as rating
    inner join {{ ref('dim_element') }} as element on rating.element_id = element.element_id
    where rating.scale_id = 'LV'
    group by rating.occupation_code
),

-- Employers' postings: the more there are, the more technologies they name.
posted as (
    select
        occupation_code,
        count(*) as technologies,
        sum(case when is_in_demand = 1 then 1 else 0 end) as in_demand
    from {{ ref('stg_technology') }}
    group by occupation_code
)

select
    occupation.occupation_code,
    occupation.title,
    occupation.description,
    job_zone.job_zone,
    {{ to_integer('coalesce(rated.is_rated_skills, 0)') }} as is_rated_skills,
    {{ to_integer('coalesce(rated.is_rated_knowledge, 0)') }} as is_rated_knowledge,
    {{ to_integer('coalesce(rated.is_rated_abilities, 0)') }} as is_rated_abilities,
    {{ to_integer('coalesce(rated.is_rated_work_activities, 0)') }} as is_rated_work_activities,
    {{ to_integer('coalesce(rated.is_supplemented_skills, 0)') }} as is_supplemented_skills,
    {{ to_integer('coalesce(rated.is_supplemented_knowledge, 0)') }} as is_supplemented_knowledge,
    {{ to_integer('coalesce(rated.is_supplemented_abilities, 0)') }} as is_supplemented_abilities,
    {{ to_integer('coalesce(rated.is_supplemented_work_activities, 0)') }}
        as is_supplemented_work_activities,

    wage.vintage_name as wage_vintage_name,
    wage.annual_median as median_annual_wage,
    wage.is_annual_median_at_least as is_median_annual_wage_at_least,
    wage.match_kind as wage_match_kind,
    wage.source_code as wage_source_code,
    outlook.vintage_name as outlook_vintage_name,
    outlook.annual_openings,
    outlook.match_kind as outlook_match_kind,

    {{ to_integer("floor(0.5 + case
        when outlook.employment is not null then 60 * ln(outlook.employment + 1) / ln(10)
        else 100 + (60 * ln(coalesce(posted.technologies, 0) + 1) + 30
            * ln(coalesce(posted.in_demand, 0) + 1)) / ln(10)
    end)") }}
    - case
        when instr(occupation.title, 'All Other') > 0 then 100
        when right(occupation.occupation_code, 3) <> '.00' then 80
        else 0
    end
    - case when instr(occupation.title, 'First-Line Supervisors') = 1 then 60 else 0
        end as search_priority
from {{ ref('stg_occupation') }} as occupation
left join {{ ref('stg_job_zone') }} as job_zone on occupation.occupation_code
    = job_zone.occupation_code
left join rated on occupation.occupation_code = rated.occupation_code
left join {{ ref('int_matched_wage') }} as wage on occupation.occupation_code = wage.occupation_code
    and wage.is_newest = 1
left join posted on occupation.occupation_code = posted.occupation_code
left join {{ ref('int_matched_outlook') }} as outlook on occupation.occupation_code
    = outlook.occupation_code and outlook.is_newest = 1

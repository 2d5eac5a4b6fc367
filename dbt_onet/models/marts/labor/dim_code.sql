-- Every code that a crosswalk starts from, and SOC 2018, which they lead through; one without an
-- occupation of this release among them. Where titles differ the O*NET crosswalk's goes first;
-- hex() settles the rest in the same way on both engines.
{% set systems = {
    'soc2010_to_soc2018': 'soc2010',
    'isco08_to_soc2010': 'isco',
    'onet2010_to_onet2019': 'onet2010',
    'onet2009_to_onet2010': 'onet2009',
    'onet2006_to_onet2009': 'onet2006',
    'onet2000_to_onet2006': 'onet2000',
    'esco_to_onet2019': 'esco',
    'cip2020_to_onet2019': 'cip',
} %}
with named as (
    {% for dataset, system in systems.items() -%}
    select '{{ system }}' as code_system, from_code as code, from_title as title, 1 as title_order
    from {{ ref('stg_labor_crosswalk') }}
    where dataset = '{{ dataset }}'
    union all
    {% endfor -%}
    select 'soc2018' as code_system, to_code as code, to_title as title, 1 as title_order
    from {{ ref('stg_labor_crosswalk') }}
    where dataset = 'onet2019_to_soc2018'
    union all
    select 'soc2018' as code_system, to_code as code, to_title as title, 2 as title_order
    from {{ ref('stg_labor_crosswalk') }}
    where dataset = 'soc2010_to_soc2018'
),

ranked as (
    select
        code_system,
        code,
        title,
        row_number() over (partition by code_system, code order by title_order, hex(title)) as place
    from named
)

select concat(code_system, ':', code) as code_id, code_system, code, title
from ranked
where place = 1

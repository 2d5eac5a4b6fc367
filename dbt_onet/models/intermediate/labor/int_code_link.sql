-- From each classification to O*NET-SOC 2019, over as many crosswalks as it takes; every target is
-- kept. A chain is partial where a part of it is. Older taxonomies go through each one after them;
-- SOC 2010 and ISCO-08 through SOC 2018, because BLS publishes nothing nearer.
{% set taxonomies = ['2010', '2009', '2006', '2000'] %}
with pair as (
    select * from {{ ref('stg_labor_crosswalk') }}
),

soc2018 as (
    select 'soc2018' as code_system, to_code as code, from_code as occupation_code, is_partial
    from pair
    where dataset = 'onet2019_to_soc2018'
),

soc2010 as (
    select 'soc2010' as code_system, pair.from_code as code, soc2018.occupation_code,
        pair.is_partial
    from pair
    inner join soc2018 on pair.to_code = soc2018.code
    where pair.dataset = 'soc2010_to_soc2018'
),

isco as (
    select
        'isco' as code_system,
        pair.from_code as code,
        soc2010.occupation_code,
        pair.is_partial
    from pair
    inner join soc2010 on pair.to_code = soc2010.code
    where pair.dataset = 'isco08_to_soc2010'
),

{% for old in taxonomies %}
onet{{ old }} as (
    {%- if loop.first %}
    select 'onet{{ old }}' as code_system, from_code as code, to_code as occupation_code, is_partial
    from pair
    where dataset = 'onet{{ old }}_to_onet2019'
    {%- else %}
    {%- set new = loop.previtem %}
    select 'onet{{ old }}' as code_system, pair.from_code as code, later.occupation_code,
        pair.is_partial
    from pair
    inner join onet{{ new }} as later on pair.to_code = later.code
    where pair.dataset = 'onet{{ old }}_to_onet{{ new }}'
    {%- endif %}
),
{% endfor %}

named as (
    select 'esco' as code_system, from_code as code, to_code as occupation_code, is_partial
        from pair where dataset = 'esco_to_onet2019'
    union all
    select 'cip' as code_system, from_code as code, to_code as occupation_code, is_partial from pair
        where dataset = 'cip2020_to_onet2019'
),

linked as (
    {% for system in ['soc2018', 'soc2010', 'isco', 'onet2010', 'onet2009', 'onet2006', 'onet2000',
        'named'] -%}
    select code_system, code, occupation_code, is_partial from {{ system }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select code_system, code, occupation_code, {{ to_integer('min(is_partial)') }} as is_partial
from linked
group by code_system, code, occupation_code

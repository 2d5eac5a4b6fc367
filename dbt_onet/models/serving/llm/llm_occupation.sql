select
    occupation_code,
    domain,
    model,
    prompt_version,
    count(*) as element_count
from {{ ref('fct_llm_occupation_element') }}
group by occupation_code, domain, model, prompt_version

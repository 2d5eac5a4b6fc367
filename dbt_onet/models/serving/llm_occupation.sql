select
    occupation_code,
    domain,
    model,
    prompt_version,
    count(*) as element_count
from {{ ref('llm_occupation_element') }}
group by occupation_code, domain, model, prompt_version

-- A parent's or a group's figures never pass for an occupation's own: own is only what BLS
-- publishes under the occupation's very SOC code.
{% for figures in ['fct_occupation_wage', 'fct_occupation_outlook'] %}
select occupation_code, vintage, source_code, match_kind, is_shared
from {{ ref(figures) }}
where source_code is not null
    and is_shared <> case when right(occupation_code, 3) = '.00' and source_code
        = left(occupation_code, 7) then 0 else 1 end
    or source_code is null and (match_kind <> 'none' or is_shared is not null)
    or match_kind = 'direct' and is_shared = 1
{% if not loop.last %}union all{% endif %}
{% endfor %}

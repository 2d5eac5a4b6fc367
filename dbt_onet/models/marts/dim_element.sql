-- The content model is an outline: an element's parent is its number less the last part.
with element as (
    select
        element_id,
        case when instr(element_id, '.') > 0
            then left(element_id, length(element_id) - instr(reverse(element_id), '.'))
            end as parent_element_id,
        element_name,
        description
    from {{ ref('stg_element') }}
)

select
    element.element_id,
    element.parent_element_id,
    element_domain.domain,
    element.element_name,
    element.description,
    parent.element_name as group_name
from element
left join element as parent on element.parent_element_id = parent.element_id
left join {{ ref('element_domain') }} as element_domain
    on (element.element_id = element_domain.element_id
        or element.element_id like concat(element_domain.element_id, '.%'))
    and length(element.element_id) - length(replace(element.element_id, '.', ''))
        + 1 between element_domain.first_depth and element_domain.last_depth

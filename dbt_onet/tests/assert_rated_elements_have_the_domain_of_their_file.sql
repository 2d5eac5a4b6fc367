-- Every rated element belongs to one of the four domains that have a level: the outline numbers in
-- seed `element_domain` still fit the release. Not accepted_values on the fact: the rows wanted are
-- those that the outline does not place at all.
select distinct rating.element_id, element.element_name, element.domain
from {{ ref('stg_rating') }} as rating
left join {{ ref('dim_element') }} as element on rating.element_id = element.element_id
where element.domain is null or element.domain not
    in ('skills', 'knowledge', 'abilities', 'work_activities')

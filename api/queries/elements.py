"""SQL text of what a domain is made of: its elements, and the anchors that put their levels into
words."""

# build_id, onet_release, published_at, element_id, element_name, group_name, anchor_level, anchor:
# one row per element and anchor, by their ids; one with a null id where the domain has no rating.
# An anchor is known by the occupations whose level it is nearest to: in each release seen so far
# all anchors of the four domains are nearest to the level of some. Parameter: domain.
ELEMENTS = """
with known as (
    select distinct element_id, element_name, group_name, anchor_level, anchor
    from {name}.occupation_rating
    where domain = :domain
)

select
    publication.build_id, publication.onet_release, publication.published_at,
    known.element_id, known.element_name, known.group_name, known.anchor_level, known.anchor
from {name}.current_publication as publication
left join known on 1 = 1
order by known.element_id, known.anchor_level
"""

"""SQL text of the published rows behind a gap."""

# Every published rating of two occupations (which may be the same) in a domain. Parameters:
# from_code, to_code, domain.
PUBLISHED_ROWS = """
select
    rating.occupation_code, rating.element_id, rating.scale_id,
    rating.rating_source, rating.service_release,
    rating.file_name, rating.line_number, rating.value, rating.standard_error, rating.n,
        rating.updated_month
from {name}.rating as rating
inner join {name}.occupation_rating as rated
    on rating.occupation_code = rated.occupation_code and rating.element_id = rated.element_id
where rating.occupation_code in (:from_code, :to_code) and rated.domain = :domain
"""

# The same of every published level and importance of one occupation. Parameter: code.
PUBLISHED_ROWS_OF_OCCUPATION = """
select
    rating.occupation_code, rating.element_id, rating.scale_id,
    rating.rating_source, rating.service_release,
    rating.file_name, rating.line_number, rating.value, rating.standard_error, rating.n,
        rating.updated_month
from {name}.rating as rating
where rating.occupation_code = :code and rating.scale_id in ('LV', 'IM')
"""

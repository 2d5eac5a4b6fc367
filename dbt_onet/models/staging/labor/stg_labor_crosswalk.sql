-- Pairs of codes, of each crosswalk the newest vintage. Codes are texts: 0110.10 and 0110.1 are
-- two. BLS's ISCO file has blanks behind some.
select
    {{ typed('crosswalk.dataset', 'text(60)') }} as dataset,
    {{ typed('trim(from_code)', 'text(20)') }} as from_code,
    {{ typed('trim(from_title)', 'text(250)') }} as from_title,
    {{ typed('trim(to_code)', 'text(20)') }} as to_code,
    {{ typed('trim(to_title)', 'text(250)') }} as to_title,
    {{ to_integer("case when part = '*' then 1 else 0 end") }} as is_partial
from {{ source('raw', 'labor_crosswalk') }} as crosswalk
inner join {{ current_labor_files() }} as current_file
    on crosswalk.dataset = current_file.dataset
    and crosswalk.vintage = current_file.vintage
    and crosswalk.load_id = current_file.load_id
inner join {{ newest_labor_vintages() }} as newest
    on current_file.dataset = newest.dataset
    and current_file.vintage = newest.vintage

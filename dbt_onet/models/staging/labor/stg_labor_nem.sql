-- The newest vintage alone: an occupation has one place in the matrix.
select
    {{ typed('onetsoc_code', 'text(10)') }} as occupation_code,
    {{ typed('nem_code', 'text(7)') }} as nem_code,
    case when ooh_address <> '—' then {{ typed('ooh_address', 'text(250)') }}
        end as handbook_address
from {{ source('raw', 'labor_nem') }} as nem
inner join {{ current_labor_files() }} as current_file
    on nem.vintage = current_file.vintage
    and nem.load_id = current_file.load_id
    and current_file.dataset = 'nem_to_onet2019'
inner join {{ newest_labor_vintages() }} as newest
    on current_file.dataset = newest.dataset
    and current_file.vintage = newest.vintage

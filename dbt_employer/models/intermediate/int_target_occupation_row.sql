{{ checked_rows(
    ref('stg_target_occupation'),
    ['load_id', 'file_name', 'line_number', 'company_ein', 'occupation_code'],
    ['company_ein', 'occupation_code'], 'occupation_code',
    [],
    [
        unresolved_company(),
        ['occupation_code', 'bad_occupation_code', 'occupation_code is null or not '
            ~ is_occupation_code('occupation_code')],
    ],
) }}

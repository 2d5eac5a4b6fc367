{{ checked_rows(
    ref('stg_title_map'),
    ['load_id', 'file_name', 'line_number', 'title', 'normalized_title', 'occupation_code'],
    ['normalized_title'], 'title',
    ['occupation_code'],
    [
        missing('title'),
        too_long('title', 150),
        ['occupation_code', 'bad_occupation_code', 'occupation_code is null or not '
            ~ is_occupation_code('occupation_code')],
    ],
) }}

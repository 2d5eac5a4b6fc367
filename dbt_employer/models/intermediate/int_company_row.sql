{{ checked_rows(
    ref('stg_company'),
    ['load_id', 'file_name', 'line_number', 'company_ein', 'company_name', 'domain',
        'expected_count_text'],
    ['company_ein'], 'company_ein',
    ["coalesce(company_name, '')", "coalesce(domain, '')", "coalesce(expected_count_text, '')"],
    [
        unresolved_company(),
        too_long('company_name', 150),
        ['domain', 'bad_domain', 'domain is not null and not ' ~ is_domain('domain')],
        ['expected_count', 'bad_count', 'expected_count_text is not null and not '
            ~ is_form('expected_count_text', '[1-9][0-9]{0,8}')],
    ],
) }}

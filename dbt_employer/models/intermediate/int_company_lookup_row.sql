{{ checked_rows(
    ref('stg_company_lookup'),
    ['load_id', 'file_name', 'line_number', 'domain', 'company_ein'],
    ['domain'], 'domain',
    ['company_ein'],
    [
        unresolved_company(),
        ['domain', 'bad_domain', 'domain is null or not ' ~ is_domain('domain')],
    ],
) }}

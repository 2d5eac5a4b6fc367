{{ checked_rows(
    ref('int_employee_resolved'),
    [
        'load_id', 'file_name', 'line_number', 'person_id', 'full_name', 'title', 'email',
            'company_ein', 'company_source',
        'domain_ein', 'email_domain', 'start_date', 'end_date', 'occupation_code', 'notes',
    ],
    ['company_ein', 'person_id'], 'person_id',
    [
        "coalesce(full_name, '')", "coalesce(title, '')", "coalesce(email, '')", 'company_source',
            'start_date',
        "coalesce(" ~ as_text('end_date')
            ~ ", '')", "coalesce(occupation_code, '')", "coalesce(notes, '')",
    ],
    [
        missing('person_id'),
        too_long('person_id', 60),
        unresolved_company(),
        ['email', 'bad_email', 'email is not null and not ' ~ is_email('email')],
        bad_date('start_date', is_required=true),
        bad_date('end_date'),
        ['end_date', 'end_before_start', 'end_date < start_date'],
        too_long('title', 150),
        ['occupation_code', 'bad_occupation_code', 'occupation_code is not null and not '
            ~ is_occupation_code('occupation_code')],
    ],
) }}

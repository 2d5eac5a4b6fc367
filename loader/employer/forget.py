"""Removes what an employer's raw tables hold of one person, or all that they hold."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from loader.employer.store import Store, begin_load, complete_load
from loader.errors import LoaderError

_COMPANY_OF_DOMAIN = """select max(k.company_ein) from company_lookup k
    where lower(trim(k.domain)) = lower(substr(e.email, position('@' in e.email) + 1))"""
# Rows without an EIN are the person's unless their domain says another company.
_OF_PERSON = f"""trim(e.person_id) = ? and (
    trim(e.company_ein) = ?
    or (coalesce(trim(e.company_ein), '') = '' and coalesce(({_COMPANY_OF_DOMAIN}), ?) = ?)
)"""


def forget_person(store: Store, company_ein: str, person_id: str) -> tuple[int, int]:
    """Removes every version of a person's row and every quarantined line that speaks of it; how
    many of each.

    A quarantined line is no row, so that nobody can say whose it is: each one of a roster that
    holds the number, name or address goes.

    Raises:
        LoaderError: there is nothing of that person.
    """
    store.prepare()
    params = [person_id, company_ein, company_ein, company_ein]
    known = store.query(
        f"select load_id, line_number, full_name, email from employees e where {_OF_PERSON}",
        params,
    )
    words = {word.strip() for _, _, *texts in known for word in texts if word and word.strip()}
    pattern = re.compile(
        "|".join([rf"(?<![\w.-]){re.escape(person_id)}(?![\w.-])", *map(re.escape, sorted(words))])
    )
    quarantined = [
        (load_id, line)
        for load_id, line, content in store.query(
            "select load_id, line_number, content from raw_reject where table_name = 'employees'"
        )
        if pattern.search(content)
    ]
    if not known and not quarantined:
        raise LoaderError(f"there is no row of that person of {company_ein}. Nothing was removed")
    load_id = begin_load(store, "forget", "", _now())
    for of_load, line, *_ in known:
        store.query("delete from employees where load_id = ? and line_number = ?", [of_load, line])
    for of_load, line in quarantined:
        store.query(
            "delete from raw_reject "
            "where table_name = 'employees' and load_id = ? and line_number = ?",
            [of_load, line],
        )
    complete_load(store, load_id, (), (), _now())
    store.shrink()
    return len(known), len(quarantined)


def forget_all(store: Store) -> None:
    """Removes the raw tables with everything in them."""
    store.drop()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)

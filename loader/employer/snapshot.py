"""The guard of `--snapshot`: a file that lacks much of a company is more often half a file than
half a company gone."""

from __future__ import annotations

from collections.abc import Mapping

from loader.employer.store import Store
from loader.errors import LoaderError

MAX_DROPPED_SHARE = 0.2

# As dbt resolves it: the EIN given, else the company of the e-mail's domain.
_COMPANY = """coalesce(nullif(trim(r.company_ein), ''), (
    select max(k.company_ein) from company_lookup k
    where lower(trim(k.domain)) = lower(substr(r.email, position('@' in r.email) + 1))
      and k.load_id = (
          select max(f.load_id) from raw_load_file f where f.table_name = 'company_lookup'
      )
))"""

_MEMBERS = {
    "employees": (
        "persons",
        f"select r.load_id, {_COMPANY} as ein, trim(r.person_id) as member from employees r",
    ),
    "plans": (
        "plan periods",
        "select r.load_id, trim(r.company_ein) as ein, concat_ws('|', trim(r.plan_type), "
        "trim(r.carrier_name), trim(r.start_date)) "
        "as member from plans r",
    ),
}


def reject_large_drops(store: Store, load_id: int, files: Mapping[str, str]) -> None:
    """Compares a snapshot's companies with what they had; `files` is table → file of this load.

    Raises:
        LoaderError: more than a fifth of a company would go.
    """
    for table, (what, members) in _MEMBERS.items():
        if table not in files:
            continue
        rows = store.query(
            f"""
            with row_of_file as ({members}),
            now_there as (select distinct ein, member from row_of_file where load_id = ?),
            version as (
                select v.ein, v.member, v.load_id, l.kind
                from row_of_file v join raw_load l on l.load_id = v.load_id where l.state =
                'complete'
            ),
            since as (
                select ein, max(load_id) as load_id from version
                where kind = 'snapshot' group by ein
            ),
            before_it as (
                select distinct v.ein, v.member from version v left join since s on s.ein = v.ein
                where v.load_id >= coalesce(s.load_id, 0)
            )
            select b.ein, count(*), sum(case when n.member is null then 1 else 0 end)
            from before_it b left join now_there n on n.ein = b.ein and n.member = b.member
            where b.ein in (select ein from now_there)
            group by b.ein order by b.ein
            """,
            [load_id],
        )
        for ein, had, dropped in rows:
            if dropped > MAX_DROPPED_SHARE * had:
                raise LoaderError(
                    f"{files[table]}: this snapshot drops {dropped} of {had} {what} of {ein}, "
                    "more than a fifth. "
                    "Nothing of this load counts; if it is meant, repeat it with --force"
                )

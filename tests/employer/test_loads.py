"""Loads of an employer's folder on both engines: whole or not at all, once, late, as a snapshot;
and what is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from loader.employer.forget import forget_all, forget_person
from loader.employer.load import LoadResult, load_folder
from loader.employer.settings import EmployerSettings
from loader.employer.store import Store, open_store
from loader.errors import LoaderError
from tests.employer.employer_warehouse import EmployerWarehouse

ROSTER = "person_id,full_name,title,email,company_ein,start_date\n"
CLAIMS = "claim_id,company_ein,service_date,amount,claim_type\n"


def person(number: int, ein: str = "12-0000001", name: str = "Somebody") -> str:
    return f"{number},{name} {number},Clerk,p{number}@one.example,{ein},2022-01-01\n"


def test_the_same_file_is_landed_once(give: Callable[..., LoadResult], store: Store) -> None:
    both = {
        "employees.csv": ROSTER + person(1),
        "claims.csv": CLAIMS + "1,12-0000001,2022-01-01,5,Medical\n",
    }
    assert give(both).load_id == 1
    assert give(both).load_id is None
    again = give(both | {"claims.csv": CLAIMS + "2,12-0000001,2022-01-01,5,Medical\n"})
    assert (again.load_id, [file.table_name for file in again.files], again.unchanged) == (
        2,
        ["claims"],
        ["employees.csv"],
    )
    assert give(both).load_id == 3  # what was corrected may be corrected back
    assert give(both, force=True).load_id == 4
    loads = store.query("select load_id, state, rows_landed from raw_load order by load_id")
    assert loads == [(1, "complete", 2), (2, "complete", 1), (3, "complete", 1), (4, "complete", 2)]
    assert store.query("select claim_id, load_id, line_number from claims order by load_id") == [
        ("1", 1, 2),
        ("2", 2, 2),
        ("1", 3, 2),
        ("1", 4, 2),
    ]


def test_rows_arrive_as_they_were_given(give: Callable[..., LoadResult], store: Store) -> None:
    """Whatever a field holds; a column that a file lacks is null."""
    values = [
        "\\N",
        "a\\tb",
        "tab\there",
        "two\nlines",
        "'; drop table x --",
        "ä€😀",
        '"quoted"',
        " blanks ",
        "%s ?",
    ]
    quoted = ["" if value is None else '"' + value.replace('"', '""') + '"' for value in values]
    give(
        {
            "employees.csv": ROSTER
            + "".join(f"{n},{text},,,12-0000001,2022-01-01\n" for n, text in enumerate(quoted))
        }
    )
    assert [
        name for (name,) in store.query("select full_name from employees order by line_number")
    ] == values
    assert store.query("select distinct notes, end_date, email from employees") == [
        (None, None, "")
    ]


def test_a_load_counts_as_a_whole_or_not_at_all(
    give: Callable[..., LoadResult], store: Store
) -> None:
    give({"employees.csv": ROSTER + person(1)})
    with pytest.raises(LoaderError, match=r"claims.csv, line 1: missing column amount"):
        give({"employees.csv": ROSTER + person(2), "claims.csv": CLAIMS.replace("amount,", "")})
    assert store.query("select person_id from employees") == [("1",)]
    [(state, error)] = store.query("select state, error from raw_load where load_id = 2")
    assert (state, "missing column" in error) == ("failed", True)
    assert give({"employees.csv": ROSTER + person(2)}).load_id == 3


def test_what_is_no_row_is_kept_apart_and_too_much_of_it_fails(
    give: Callable[..., LoadResult], store: Store
) -> None:
    nine = "".join(person(number) for number in range(9))
    give({"employees.csv": ROSTER + nine + "one field\n"})
    assert store.query("select table_name, line_number, reason, content from raw_reject") == [
        ("employees", 11, "1 fields, expected 6", "one field")
    ]
    with pytest.raises(
        LoaderError,
        match=r"employees.csv: 3 of 12 lines are no rows \(the first is line 11\).*ERROR_SHARE",
    ):
        give({"employees.csv": ROSTER + nine + "planted\n" * 3})
    assert store.query("select count(*) from employees") == [(9,)]
    assert store.query(
        "select load_id, count(*) from raw_reject group by load_id order by load_id"
    ) == [(1, 1), (2, 3)]


def test_a_snapshot_that_drops_much_is_refused(
    give: Callable[..., LoadResult], store: Store
) -> None:
    ten = [person(number) for number in range(10)]
    give({"employees.csv": ROSTER + "".join(ten) + person(1, "12-0000002")})
    with pytest.raises(
        LoaderError,
        match=r"employees.csv: this snapshot drops 3 of 10 persons of 12-0000001, .*--force",
    ):
        give({"employees.csv": ROSTER + "".join(ten[:7])}, snapshot=True)
    assert give({"employees.csv": ROSTER + "".join(ten[:8])}, snapshot=True).load_id == 3
    with pytest.raises(LoaderError, match="drops 2 of 8 persons"):  # of what the last snapshot left
        give({"employees.csv": ROSTER + "".join(ten[:6])}, snapshot=True)
    assert give({"employees.csv": ROSTER + ten[0]}, snapshot=True, force=True).load_id == 5
    assert store.query("select kind from raw_load where state = 'complete' order by load_id") == [
        ("load",),
        ("snapshot",),
        ("snapshot",),
    ]


def test_the_same_file_as_a_snapshot_is_another_thing(give: Callable[..., LoadResult]) -> None:
    files = {"employees.csv": ROSTER + person(1)}
    assert give(files).load_id == 1
    assert give(files, snapshot=True).load_id == 2
    assert give(files, snapshot=True).load_id is None


def test_plans_are_replaced_by_a_snapshot_too(give: Callable[..., LoadResult]) -> None:
    header = "company_ein,plan_type,carrier_name,start_date,end_date\n"
    periods = [f"12-0000001,Medical,Carrier {number},2022-01-01,\n" for number in range(4)]
    give({"plans.csv": header + "".join(periods)})
    with pytest.raises(LoaderError, match="drops 1 of 4 plan periods of 12-0000001"):
        give({"plans.csv": header + "".join(periods[:3])}, snapshot=True)


def test_a_person_is_forgotten_in_every_version(
    give: Callable[..., LoadResult], store: Store, employer: EmployerWarehouse
) -> None:
    give({"company_lookup.json": '{"one.example": "12-0000001", "two.example": "12-0000002"}'})
    for title in ("Clerk", "Chief"):
        give(
            {
                "employees.csv": ROSTER
                + person(7, name="Planted").replace("Clerk", title)
                + person(8)
                + person(7, "12-0000002", "Other")
            }
        )
    namesake, others = (
        "7,Namesake,,n@two.example,,2022-01-01\n",
        "".join(map(person, range(20, 30))),
    )
    torn = "7,Planted\nPlanted 7;torn line\n77,torn too\n"
    give({"employees.csv": ROSTER + person(7, "", "Planted") + namesake + others + torn})
    assert store.query("select count(*) from raw_reject") == [(3,)]
    assert forget_person(store, "12-0000001", "7") == (3, 2)
    assert store.query(
        "select distinct full_name from employees where person_id = '7' order by full_name"
    ) == [("Namesake",), ("Other 7",)]
    assert store.query("select content from raw_reject") == [("77,torn too",)]
    with pytest.raises(LoaderError, match="no row of that person of 12-0000001") as refused:
        forget_person(store, "12-0000001", "7")
    assert "Planted" not in str(refused.value)
    if not employer.onet.server:
        files = [path for path in employer.dir.iterdir() if path.is_file()]
        assert not [path for path in files if b"Planted" in path.read_bytes()]
        assert [path for path in files if b"Namesake" in path.read_bytes()]


def test_everything_is_forgotten(
    settings: EmployerSettings, employer: EmployerWarehouse, tmp_path: Path
) -> None:
    (tmp_path / "employees.csv").write_text(ROSTER + person(1))
    with open_store(settings) as store:
        load_folder(settings, store, tmp_path)
        forget_all(store)
    with (
        pytest.raises(LoaderError, match="no employer's data has been loaded"),
        open_store(settings, create=False),
    ):
        pass
    if not employer.onet.server:
        assert {path.name for path in employer.dir.iterdir()} <= {"pipeline.lock", "tmp"}


def test_a_dead_load_is_swept(give: Callable[..., LoadResult], store: Store) -> None:
    give({"employees.csv": ROSTER + person(1)})
    store.query(
        "insert into raw_load (load_id, kind, source, started_at, state) values (2, 'load', '', "
        "'2022-01-01', 'running')"
    )
    store.prepare()
    assert store.query("select state, error from raw_load where load_id = 2") == [
        ("failed", "interrupted")
    ]


def test_two_loads_do_not_run_at_once(settings: EmployerSettings, store: Store) -> None:
    assert store
    with (
        pytest.raises(LoaderError, match=r"another load or build of .*_employer` is running"),
        open_store(settings),
    ):
        pass

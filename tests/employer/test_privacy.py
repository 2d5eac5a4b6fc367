"""A planted person is searched for everywhere after loads and builds that fail, each in its way;
and after being forgotten."""

from __future__ import annotations

import gzip
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import httpx2 as httpx
import pymysql
import pytest
from typer.testing import CliRunner

from loader.cli import app
from tests.employer.employer_warehouse import EmployerWarehouse, make_employer
from tests.project.test_readme import run_server
from tests.project.test_secrets import command_lines
from tests.support.warehouse import ROOT, Engine, Warehouse

EIN = "12-0000001"
HEADER = "person_id,full_name,title,email,company_ein,start_date,notes\n"
CLAIMS = "claim_id,company_ein,service_date,amount,claim_type\n"


class Planted:
    """Words that are nowhere else."""

    def __init__(self) -> None:
        mark = secrets.token_hex(6)
        self.name, self.note, self.claim = (
            f"Jane Planted{mark}",
            f"note-{mark}-note",
            f"claim{mark}",
        )
        self.email = f"jane.{mark}@harbour.example"
        self.amount = f"{secrets.randbelow(10**6) + 10**6}.37"
        self.words = (self.name, self.note, self.email, self.claim, self.amount)

    def row(self, number: int = 7, start: str = "2022-01-01") -> str:
        return f"{number},{self.name},Clerk,{self.email},{EIN},{start},{self.note}\n"

    def found(self, text: str | bytes) -> list[str]:
        content = text.encode() if isinstance(text, str) else text
        return [word for word in self.words if word.encode() in content]


@pytest.fixture(scope="module")
def planted() -> Planted:
    return Planted()


@pytest.fixture
def beside_onet(
    engine: Engine, request: pytest.FixtureRequest, tmp_path: Path, published: object
) -> Iterator[EmployerWarehouse]:
    server = request.getfixturevalue("mysql_server") if engine == "mysql" else None
    onet: Warehouse = published("sample")  # type: ignore[operator]
    with make_employer(engine, tmp_path, server, onet) as made:
        yield made


def failing_folders(
    folder: Path, planted: Planted
) -> dict[str, tuple[dict[str, bytes], list[str]]]:
    """What is wrong → the files of a folder that holds the person, and options."""
    good = HEADER + planted.row()
    text = {
        "a column is missing": ({"employees.csv": good.replace("start_date", "began")}, []),
        "there is no header": ({"employees.csv": planted.row()}, []),
        "most lines are no rows": (
            {"employees.csv": good + (planted.row().strip() + ",more,fields\n") * 3},
            [],
        ),
        "a quote is never closed": (
            {
                "employees.csv": HEADER
                + f'7,"{planted.name},Clerk,{planted.email},{EIN},,{planted.note}\n'
            },
            [],
        ),
        "two files for one table": ({"employees.csv": good, "employees_raw.csv": good}, []),
        "a lookup is broken": (
            {"employees.csv": good, "company_lookup.json": f'{{"{planted.email}": "{planted.name}'},
            [],
        ),
        "a lookup is no lookup": (
            {"employees.csv": good, "company_lookup.json": f'{{"x": ["{planted.name}"]}}'},
            [],
        ),
        "a second file fails": (
            {"employees.csv": good, "claims.csv": CLAIMS.replace("amount", planted.amount)},
            [],
        ),
        "a snapshot drops much": (
            {"employees.csv": good.replace("7,Jane", "8,Jane")},
            ["--snapshot"],
        ),
    }
    found = {
        what: ({name: content.encode() for name, content in files.items()}, options)
        for what, (files, options) in text.items()
    }
    found["the file is UTF-16"] = ({"employees.csv": good.encode("utf-16")}, [])
    found["Parquet is torn"] = ({"employees.parquet": b"PAR1" + good.encode()}, [])
    return found


def test_a_failing_load_tells_no_word_of_a_row(
    employer: EmployerWarehouse,
    planted: Planted,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The command itself, in this process: what it prints and logs, its traces included."""
    for name in set(os.environ) - set(employer.onet.environment("loader")):
        monkeypatch.delenv(name)
    for name, value in employer.onet.environment("loader").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LOADER_DEBUG", "1")
    good = "".join(planted.row(number) for number in range(30, 35))
    well = {"employees.csv": (HEADER + good).encode()}
    folders = {"well": (well, list[str]())} | failing_folders(tmp_path, planted)
    umask = os.umask(0o022)
    try:
        for what, (files, options) in folders.items():
            (tmp_path / what).mkdir()
            for name, content in files.items():
                (tmp_path / what / name).write_bytes(content)
            done = CliRunner().invoke(app, ["employer", str(tmp_path / what), *options])
            assert done.exit_code == (0 if what == "well" else 1), (what, done.output)
            assert not planted.found(done.output), what
            assert what == "well" or re.search(r"employees|claims|company_lookup", done.output)
    finally:
        os.umask(umask)
    states = employer.query("select state, count(*) from {raw}.raw_load group by state")
    assert dict(states)["complete"] == 1
    assert not planted.found(str(employer.query("select error from {raw}.raw_load")))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs Linux's /proc")
def test_a_person_is_nowhere_but_in_the_employers_own_warehouse(
    beside_onet: EmployerWarehouse, planted: Planted, tmp_path: Path
) -> None:
    employer, onet = beside_onet, beside_onet.onet
    started = time.time() - 1
    said: dict[str, str] = {}
    good = tmp_path / "good"
    good.mkdir()
    (good / "employees.csv").write_text(
        HEADER + planted.row() + "".join(planted.row(number) for number in range(30, 34))
    )
    (good / "claims.csv").write_text(
        CLAIMS + f"{planted.claim},{EIN},2022-01-01,{planted.amount},Medical\n"
    )
    bad = tmp_path / "bad days"
    bad.mkdir()
    (bad / "employees.csv").write_text(HEADER + planted.row(50, planted.note))
    with command_lines() as seen:
        said["a good load"] = employer.load(good, LOADER_DEBUG="1")
        employer.build()
        before = employer.files()
        for what, (files, options) in failing_folders(tmp_path, planted).items():
            folder = tmp_path / what
            folder.mkdir()
            for name, content in files.items():
                (folder / name).write_bytes(content)
            said[what] = employer.load(folder, *options, code=1, LOADER_DEBUG="1")
        said["killed"] = _killed(employer, tmp_path, planted)
        said["errors above the share"] = employer.load(bad, LOADER_DEBUG="1")
        said["errors above the share"] += onet.run(
            "dbt", "dbt_employer", "build", code=1, EMPLOYER_OUTPUTS=str(employer.outputs)
        )
        if onet.server:
            said["no such server"] = employer.load(good, code=1, WAREHOUSE_SOCKET="/nowhere")
        said["O*NET's docs"] = onet.run("dbt", "dbt_onet", "build", "--docs")
        said["O*NET's export"] = onet.run("dbt", "dbt_onet", "export", str(tmp_path / "export"))
        with run_server(onet) as api:
            for asked in ("openapi.json", "publication", "occupations?q=planted", "metrics"):
                said[f"the API's {asked}"] = httpx.get(f"{api}/{asked}").text
            assert httpx.get(f"{api}/employer").status_code == 404
    assert not [
        path for path in json.loads(said["the API's openapi.json"])["paths"] if "employer" in path
    ]
    assert len(said) >= 18
    assert {what: planted.found(text) for what, text in said.items() if planted.found(text)} == {}
    assert "employees.csv, line 2: start_date:bad_date" in said["errors above the share"]
    assert employer.files() == before
    assert not [line for line in seen if planted.found(line)]
    given = {
        good,
        bad,
        *(tmp_path / what for what in failing_folders(tmp_path, planted)),
        tmp_path / "killed",
    }
    private = {employer.dir, employer.outputs, *given}
    looked_at = 0
    for root in (tmp_path, onet.dir, ROOT / "dbt_employer", ROOT / "dbt_onet", ROOT / "docs"):
        for path in root.rglob("*"):
            if (
                path.is_file()
                and not private & set(path.parents)
                and (root in (tmp_path, onet.dir) or path.stat().st_mtime > started)
            ):
                looked_at += 1
                assert not planted.found(_content(path)), path
    assert looked_at > 50
    left = [
        path
        for path in Path(tempfile.gettempdir()).glob("*")
        if path.is_file() and path.stat().st_mtime > started and path.stat().st_uid == os.geteuid()
    ]
    assert not [path for path in left if planted.found(path.read_bytes())]
    if onet.server:
        log = onet.server.socket.parent / "log"
        assert not log.exists() or not planted.found(log.read_bytes())
        connection = pymysql.connect(
            unix_socket=str(onet.server.socket), user=f"{onet.name}_api", password=onet.password
        )
        with connection, connection.cursor() as cursor:
            for database in (
                employer.name,
                f"{employer.name}_core",
                f"{employer.name}_raw",
                f"{employer.name}_build",
            ):
                with pytest.raises(pymysql.err.OperationalError, match="denied"):
                    cursor.execute(f"select 1 from `{database}`.current_publication")
    assert _people(employer) == 5
    # no published view has the person's words; the outputs do, for their owner
    for view in (
        "current_publication",
        "data_quality",
        "roster_mismatch",
        "workforce_gap",
        "plan_coverage_gap",
    ):
        assert not planted.found(str(employer.query(f"select * from {{live}}.{view}")))
    assert not planted.found(
        str(
            employer.query("select * from {core}.dim_employee")
            + employer.query("select * from {core}.validation_error")
        )
    )

    # what is forgotten: the person of the good rows and of the bad one, then everybody
    (good / "employees.csv").write_text(
        HEADER + "".join(planted.row(number) for number in range(60, 65))
    )
    employer.load(good)
    assert planted.found(employer.forget("--forget", EIN, "7")) == []
    assert "7" not in {
        person for (person,) in employer.query("select person_id from {core}.dim_employee")
    }
    assert employer.query("select count(*) from {raw}.employees where person_id = '7'") == [(0,)]
    assert _people(employer) == 9
    said_last = employer.forget("--forget", EIN, "7", code=1)
    assert "no row of that person" in said_last
    employer.forget("--forget-all")
    assert employer.files() == {}
    if onet.server:
        with onet.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(
                "select schema_name from information_schema.schemata where schema_name like %s",
                (f"{employer.name}%",),
            )
            assert cursor.fetchall() == ()
    assert not employer.dir.exists()


def _content(path: Path) -> bytes:
    """What a search can find; Parquet is compressed."""
    if path.suffix == ".parquet":
        return repr(
            duckdb.execute("select * from read_parquet(?)", [str(path)]).fetchall()
        ).encode()
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _people(employer: EmployerWarehouse) -> int:
    path = employer.outputs / "clean_data.parquet"
    [[count]] = duckdb.execute(f"select count(*) from '{path}'").fetchall()
    return int(count)


def _killed(employer: EmployerWarehouse, tmp_path: Path, planted: Planted) -> str:
    """Killed while it lands many rows: nothing of it counts, and no file is left beside the
    warehouse."""
    folder = tmp_path / "killed"
    folder.mkdir()
    with (folder / "employees.csv").open("w") as file:
        file.write(HEADER)
        file.writelines(planted.row(number) for number in range(1000, 300_000))
    environment = employer.onet.environment("loader")
    process = subprocess.Popen(
        [sys.executable, "-m", "loader", "employer", str(folder)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    io = Path(f"/proc/{process.pid}/io")
    while time.monotonic() < deadline and process.poll() is None:
        read = int(
            next(
                line.split()[1] for line in io.read_text().splitlines() if line.startswith("rchar")
            )
        )
        if read > 2 * (folder / "employees.csv").stat().st_size:  # checked once, and landing
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    out, _ = process.communicate()
    return out.decode()

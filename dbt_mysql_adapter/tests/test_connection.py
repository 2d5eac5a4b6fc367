"""Sockets, TCP with TLS, the session that dbt's statements run in, and that the password is nowhere
to be read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import certifi
import pytest

from .conftest import Project

pytestmark = pytest.mark.mysql

PASSWORD = "correct-horse"  # noqa: S105  # of a user that exists for one test
WRONG = "battery-staple"

SESSION = """
select @@collation_connection as collation, @@time_zone as time_zone,
    @@lock_wait_timeout as lock_wait_timeout,
    (select variable_value from performance_schema.session_status where variable_name
        = 'Ssl_cipher') as cipher
"""


@pytest.fixture
def account(project: Project) -> Iterator[dict[str, Any]]:
    """A user whose password the server has not cached yet: it must be sent in full, which needs TLS
    or a socket."""
    name = project.schema[-14:]
    project.query(f"create user '{name}'@'%' identified by '{PASSWORD}'")
    project.query(f"grant all on `{project.schema}`.* to '{name}'@'%'")
    yield {"username": name, "password": PASSWORD}
    project.query(f"drop user '{name}'@'%'")


@pytest.fixture
def over_tcp(project: Project) -> dict[str, Any]:
    ((port,),) = project.query("select @@port")
    return {"server": "127.0.0.1", "port": port, "unix_socket": ""}


def session(project: Project) -> dict[str, Any]:
    outcome = project.dbt("show", "--inline", SESSION, "--limit", "1")
    assert outcome.success, project.log()
    return dict(outcome.result.results[0].agate_table.rows[0].dict())


def test_over_tcp_with_tls(
    project: Project, account: dict[str, Any], over_tcp: dict[str, Any]
) -> None:
    project.profile(**account, **over_tcp, lock_wait_timeout=7)
    seen = session(project)
    assert seen.pop("cipher").startswith("TLS_")
    assert seen == {"collation": "utf8mb4_0900_bin", "time_zone": "+00:00", "lock_wait_timeout": 7}


def test_over_the_socket_even_where_a_server_is_named(
    project: Project, account: dict[str, Any]
) -> None:
    project.profile(**account, server="nowhere.invalid", port=1)
    seen = session(project)
    assert seen == {
        "collation": "utf8mb4_0900_bin",
        "time_zone": "+00:00",
        "lock_wait_timeout": 60,
        "cipher": "",
    }


def test_ssl_ca_refuses_a_server_that_no_such_authority_vouches_for(
    project: Project, account: dict[str, Any], over_tcp: dict[str, Any]
) -> None:
    ((datadir,),) = project.query("select @@datadir")
    project.profile(**account, **over_tcp, ssl_ca=str(Path(datadir, "ca.pem")))
    assert project.dbt("debug").success, project.log()
    project.profile(**account, **over_tcp, ssl_ca=certifi.where())
    assert not project.dbt("debug").success
    assert "certificate" in project.log()


def test_the_password_is_in_no_output_and_no_log(
    project: Project,
    account: dict[str, Any],
    over_tcp: dict[str, Any],
    capfd: pytest.CaptureFixture[str],
) -> None:
    project.write("models/shows_target.sql", "select 1 as shown /* {{ target }} */")
    project.profile(**account)
    assert project.dbt("debug").success, project.log()
    assert project.dbt("--debug", "build").success, project.log()
    project.profile(**account | {"password": WRONG}, **over_tcp)
    refused = project.dbt("--debug", "build")
    assert not refused.success
    assert "Access denied" in str(refused.exception)
    written = "".join(file.read_text() for file in (project.folder / "target").rglob("*.sql"))
    printed = capfd.readouterr()
    assert account["username"] in project.log()
    everything = f"{project.log()} {written} {printed} {refused.exception}"
    assert PASSWORD not in everything
    assert WRONG not in everything


def test_a_password_file_wins(
    project: Project, account: dict[str, Any], over_tcp: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text(f" {PASSWORD}\r\nof no account\n")
    project.profile(**account | {"password": WRONG}, **over_tcp, password_file=str(file))
    assert session(project)["cipher"].startswith("TLS_")
    file.write_text("\n")
    assert "first line" in str(project.dbt("show", "--inline", "select 1").exception)

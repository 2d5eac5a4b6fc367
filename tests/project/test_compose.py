"""`docker compose up` on a real engine: order, rights, repetition, failure, recovery and upgrade.
`.ci/compose` starts it and runs this.

The tests change the stack, so they ask for one that was started for them: COMPOSE_CHECK names the
copy of the project that it runs from.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
import yaml

from loader.settings import Settings

# asked of the stack too
from tests.project.test_readme import (
    test_the_examples_answer_as_printed,  # noqa: F401
    test_the_three_readings_of_the_table,  # noqa: F401
)
from tests.support.compose_stack import Stack
from tests.support.live_warehouse import until
from tests.support.release_files import Release, sample_copy
from tests.support.warehouse import ROOT

FILE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
GAP = "/skill-gap?from=11-1011.00&to=11-3013.00"
ONE_SHOT, LASTING = ("loader", "dbt"), ("mysql", "api", "docs")


@pytest.fixture(scope="module")
def stack() -> Stack:
    if "COMPOSE_CHECK" not in os.environ:
        pytest.skip("no containers were started for this test: `.ci/compose` does")
    return Stack(Path(os.environ["COMPOSE_CHECK"]))


@pytest.fixture
def server(stack: Stack) -> str:
    """Of the README's examples, which are of the release that everybody starts with."""
    release = Settings.model_fields["onet_source"].default
    if stack.publication()["release"] != release:
        pytest.skip(f"the stack was started without the official release {release}")
    return stack.address()


@pytest.fixture
def release(stack: Stack) -> Callable[[str], Release]:
    """A copy of the sample in the folder that the loader reads, under a number of its own."""

    def make(number: str) -> Release:
        folder = stack.directory / "releases" / f"db_{number.replace('.', '_')}_text"
        shutil.rmtree(folder, ignore_errors=True)
        return sample_copy(folder)

    return make


def source(release: Release) -> str:
    return f"releases/{release.folder.name}"


def test_every_variable_of_the_file_is_in_the_example() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert used == set(re.findall(r"^# ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))


def test_no_base_image_is_left_to_chance() -> None:
    images = [each["image"] for each in FILE["services"].values() if "image" in each]
    for path in ROOT.glob("Dockerfile.*"):
        images += re.findall(r"^FROM (\S+:\S+)", path.read_text(), re.M)
    assert images
    assert all(re.fullmatch(r"(python:3\.\d+-slim|mysql:\d+\.\d+)", image) for image in images)


def test_what_runs_and_what_has_ended(stack: Stack) -> None:
    for service in ONE_SHOT:
        (container,) = stack.inspect(service)
        assert (container["State"]["Status"], container["State"]["ExitCode"]) == ("exited", 0)
    for service in LASTING:
        (container,) = stack.inspect(service)
        assert container["State"]["Health"]["Status"] == "healthy"
        published = [
            binding
            for bindings in container["HostConfig"]["PortBindings"].values()
            for binding in bindings or []
        ]
        assert {binding["HostIp"] for binding in published} == (
            set() if service == "mysql" else {"127.0.0.1"}
        )


def test_the_schema_is_browsable(stack: Stack) -> None:
    page = httpx.get(stack.address("docs", 8080) + "/").text
    assert "<title>dbt Docs</title>" in page
    assert "One row per ordered pair of occupations" in page
    assert httpx.get(stack.address() + "/schema/").text == page


PASSWORD, ANOTHER = "of-my'own\\", 'another"one$$\\'
LOOK = """
import importlib.metadata, json, os, pathlib, shutil
print(json.dumps({
    "user": os.getuid(),
    "packages": [each.name.lower() for each in importlib.metadata.distributions()],
    "tools": [each for each in ("gcc", "git", "curl") if shutil.which(each)],
    "writable": [each for each in ("/", "/app", "/opt/onet", "/var/lib/onet") if os.access(each,
        os.W_OK)],
    "left": [str(each) for folder in ("/tmp", "/var/cache/pip",
        "/home") for each in pathlib.Path(folder).glob("*")],
}))
"""
PACKAGES = {
    "loader": {"pandas"},
    "dbt": {"dbt-core", "dbt-mysql", "dbt-onet-mysql", "duckdb"},
    "api": {"fastapi", "uvicorn"},
    "docs": set(),
}


@pytest.mark.parametrize("service", PACKAGES)
def test_a_container_has_no_rights_and_only_what_it_needs(stack: Stack, service: str) -> None:
    found = json.loads(
        stack.compose(
            "run", "--rm", "--no-deps", "--entrypoint", "python", service, "-c", LOOK
        ).splitlines()[-1]
    )
    assert found["user"] == 10001
    assert PACKAGES[service] <= set(found["packages"])
    others = set[str]().union(*(names for other, names in PACKAGES.items() if other != service))
    assert not set(found["packages"]) & (others | {"hatchling", "pytest", "setuptools"})
    assert (found["tools"], found["writable"], found["left"]) == ([], [], [])


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("api", "select * from onet_core.fct_rating limit 1"),
        ("api", "select * from onet_raw.raw_load"),
        ("api", "select * from onet_build.publication"),
        ("api", "delete from onet.occupation"),
        ("api", "create table onet.mine (x int)"),
        ("loader", "select * from onet.occupation limit 1"),
        ("loader", "delete from onet_core.fct_rating"),
        ("loader", "drop view onet.skill_gap"),
        ("dbt", "delete from onet_raw.raw_load"),
        ("dbt", "create table onet_raw.mine (x int)"),
        # an underscore in a grant stands for any character unless it is escaped
        ("loader", "create database onetxraw"),
        ("dbt", "create database onetxcore"),
        ("dbt", "select user from mysql.user"),
        ("dbt", "create user another"),
    ],
)
def test_a_user_is_refused_what_is_not_its_part(stack: Stack, role: str, statement: str) -> None:
    assert "denied" in stack.sql(role, statement, code=None)


@pytest.mark.parametrize("service", FILE["services"])
def test_limits_are_kept(stack: Stack, service: str) -> None:
    (container,) = stack.inspect(service)
    limits = container["HostConfig"]
    assert limits["ReadonlyRootfs"]
    assert limits["CapDrop"] == ["ALL"]
    assert "no-new-privileges:true" in limits["SecurityOpt"]
    assert limits["Memory"] == 2 * 1024**3
    assert limits["PidsLimit"] == 1000
    assert limits["LogConfig"]["Config"] == {"max-file": "3", "max-size": "10m"}


def test_the_server_has_no_capability_and_a_password_of_root_is_nowhere(stack: Stack) -> None:
    look = (
        "grep CapEff /proc/$(< /var/run/mysqld/mysqld.pid)/status; tr '\\0' '\\n' < /proc/$(<"
        " /var/run/mysqld/mysqld.pid)/environ; "
    )
    look += "cat /run/onet/*; ls /docker-entrypoint-initdb.d"
    found = stack.compose("exec", "-T", "mysql", "bash", "-c", look)
    assert re.search(r"CapEff:\s*0000000000000000", found)
    assert "ROOT" not in found
    assert "alter user root@localhost identified by random password;" in found
    assert found.count("identified by") == 7, "two for each user and one for root"


OUTSIDE, GATEWAY = "198.51.100.2", "198.51.100.1"
CONNECT = f"import socket; socket.create_connection(('{OUTSIDE}', 8765), 5)"


@pytest.fixture
def outside() -> Iterator[None]:
    """A machine beyond this one that answers who comes from this one's address and knows no way to
    a container's."""
    if os.geteuid() or not shutil.which("ip"):
        pytest.skip("only root can make a network beside this one, with `ip`")
    inside = ["ip", "netns", "exec", "onet-outside"]
    subprocess.run(["ip", "netns", "del", "onet-outside"], check=False, capture_output=True)
    for command in (
        ["ip", "netns", "add", "onet-outside"],
        [
            "ip",
            "link",
            "add",
            "onet-veth0",
            "type",
            "veth",
            "peer",
            "name",
            "onet-veth1",
            "netns",
            "onet-outside",
        ],
        ["ip", "addr", "add", f"{GATEWAY}/30", "dev", "onet-veth0"],
        ["ip", "link", "set", "onet-veth0", "up"],
        [*inside, "ip", "addr", "add", f"{OUTSIDE}/30", "dev", "onet-veth1"],
        [*inside, "ip", "link", "set", "onet-veth1", "up"],
    ):
        subprocess.run(command, check=True, capture_output=True)
    listening = subprocess.Popen(
        [*inside, sys.executable, "-m", "http.server", "8765", "--bind", OUTSIDE]
    )
    try:
        until(
            lambda: (
                subprocess.run(
                    [sys.executable, "-c", CONNECT], check=False, capture_output=True
                ).returncode
                == 0
            ),
            30,
        )
        yield
    finally:
        listening.kill()
        listening.wait()
        subprocess.run(["ip", "netns", "del", "onet-outside"], check=True)


@pytest.mark.usefixtures("outside")
def test_only_the_loader_finds_a_way_out(stack: Stack) -> None:
    for service in ("loader", "api", "docs", "dbt"):
        run = ("run", "--rm", "--no-deps", "--entrypoint", "python", service, "-c", CONNECT)
        told = stack.compose(*run, code=0 if service == "loader" else None)
        assert ("Error" in told) is (service != "loader"), told


def test_nobody_gets_in_as_root(stack: Stack) -> None:
    for password in ("", "root", "local-only-root"):
        command = [
            "exec",
            "-T",
            "--env",
            f"MYSQL_PWD={password}",
            "mysql",
            "mysql",
            "-u",
            "root",
            "-e",
            "select 1",
        ]
        assert "Access denied" in stack.compose(*command, code=None)
    assert "PASSWORD" not in stack.logs("mysql")


def test_the_server_is_set_for_the_job(stack: Stack) -> None:
    names = "local_infile, collation_server, innodb_flush_log_at_trx_commit, time_zone"
    values = stack.sql(
        "api", f"select {', '.join('@@global.' + name for name in names.split(', '))}"
    )
    assert values.split() == ["1", "utf8mb4_0900_bin", "1", "+00:00"]
    collations = (
        "select distinct default_collation_name from information_schema.schemata where schema_name"
        " like 'onet%'"
    )
    assert stack.sql("dbt", collations).split() == ["utf8mb4_0900_bin"]


def test_up_again_lands_and_builds_nothing(stack: Stack) -> None:
    before = stack.publication()
    loads = stack.sql("loader", "select count(*) from onet_raw.raw_load")
    running = stack.started_at("api")
    stack.up()
    assert stack.publication() == before
    assert stack.sql("loader", "select count(*) from onet_raw.raw_load") == loads
    assert stack.started_at("api") == running


def test_a_person_may_run_the_one_shot_services(stack: Stack) -> None:
    assert "stops" not in stack.compose("run", "--rm", "--no-deps", "loader", "check", "sample")
    assert (
        stack.compose("run", "--rm", "--no-deps", "dbt", "published").split()[-1]
        == stack.publication()["release"]
    )


def test_a_crash_of_mysql_is_survived_by_all(stack: Stack) -> None:
    """Nobody restarts anything: the engine brings MySQL back, its data are there, and the API has
    not gone away."""
    url, running = stack.address(), stack.started_at("api")
    before = httpx.get(url + GAP).json()
    crashed = stack.started_at("mysql")
    stack.compose("exec", "-T", "mysql", "bash", "-c", "kill -KILL $(< /var/run/mysqld/mysqld.pid)")
    until(
        lambda: (
            httpx.get(url + GAP).status_code in (200, 503) and stack.started_at("mysql") != crashed
        ),
        60,
    )
    until(lambda: httpx.get(url + GAP).status_code == 200, 60)
    assert httpx.get(url + GAP).json() == before
    assert stack.started_at("api") == running


def test_a_broken_release_stops_the_chain_and_is_told(
    stack: Stack, release: Callable[[str], Release]
) -> None:
    broken = release("99.2")
    skills = broken.folder / "Skills.txt"
    skills.write_bytes(skills.read_bytes().replace(b"Data Value", b"Data\tValue", 1))
    before, running = stack.publication(), stack.started_at("api")
    printed = stack.failing_up(ONET_SOURCE=source(broken))
    assert 'service "loader" didn\'t complete successfully' in printed
    assert "Skills.txt" in stack.logs("loader")
    assert stack.logs("dbt") == ""
    assert stack.publication() == before
    missing = stack.failing_up(ONET_SOURCE="releases/none.zip")
    assert "loader" in missing
    assert re.search(
        "releases/none.zip: no such file or folder.*ONET_RELEASES", stack.logs("loader")
    )
    assert stack.publication() == before
    assert stack.started_at("api") == running


def test_a_new_release_rolls_forward_without_a_failed_request(
    stack: Stack, release: Callable[[str], Release]
) -> None:
    before = stack.publication()["build_id"]
    with stack.readers(GAP) as publications:
        stack.up(ONET_SOURCE=source(release("99.1")))
    after = stack.publication()
    assert after["release"] == "99.1"
    assert {each["build_id"] for each in publications} <= {before, after["build_id"]}
    stack.up(ONET_SOURCE=source(release("99.1")))
    loads = "select count(distinct load_id) from onet_raw.skills"
    assert stack.sql("loader", loads).strip() == "1", "older loads' rows are pruned"


def test_rows_that_fail_a_test_are_not_published_and_told(
    stack: Stack, release: Callable[[str], Release]
) -> None:
    wrong = release("99.2")
    wrong.replace_value("Skills.txt", row=2, column="Data Value", value="4.5x")
    before = stack.publication()
    printed = stack.failing_up(ONET_SOURCE=source(wrong))
    assert 'service "dbt" didn\'t complete successfully' in printed
    log = stack.logs("dbt")
    assert re.search(r"typed_as_raw_skills\S*: fail, 1 rows, kept in", log)
    assert "what is live stays" in log
    assert stack.publication() == before


def test_an_upgrade_changes_the_live_schema_under_readers(
    stack: Stack, release: Callable[[str], Release]
) -> None:
    """A later commit over this one's volume: a column and a table more, another type, a new
    view."""
    models = stack.directory / "dbt_onet" / "models"
    key = "constraints: [{type: not_null}], description: Later."
    marts, scale = models / "marts" / "_marts__models.yml", models / "marts" / "dim_scale.sql"
    text = marts.read_text()
    later = re.sub(
        r"(- name: scale_name\n +data_type: varchar)\(50\)((?:\n {8}.*)*\n)",
        rf"\1(60)\2      - {{name: width, data_type: bigint, {key}}}\n",
        text,
    )
    assert later != text
    marts.write_text(later)
    assert "scale_name," in scale.read_text()
    scale.write_text(
        scale.read_text().replace("scale_name,", "scale_name, maximum - minimum as width,")
    )
    columns = f"columns: [{{name: scale_id, data_type: varchar(3), {key}}}]"
    new = (
        "version: 2\nmodels:\n  - name: dim_later\n    constraints: [{type: primary_key, columns:"
        f" [scale_id]}}]\n    {columns}\n"
    )
    (models / "marts" / "_later.yml").write_text(new)
    (models / "marts" / "dim_later.sql").write_text("select scale_id from {{ ref('dim_scale') }}\n")
    view = (
        "select scale.scale_id, scale.width from {{ ref('dim_later') }} as later inner join {{"
        " ref('dim_scale') }} as scale on "
    )
    (models / "serving" / "later.sql").write_text(view + "scale.scale_id = later.scale_id\n")

    here = source(release("99.1"))
    before = stack.publication()["build_id"]
    with stack.readers(GAP) as publications:
        stack.up(ONET_SOURCE=here)
    after = stack.publication()["build_id"]
    assert before != after
    assert {each["build_id"] for each in publications} <= {before, after}
    assert ("LV", "7") in {
        tuple(line.split())
        for line in stack.sql("api", "select scale_id, width from onet.later").splitlines()
    }
    described = stack.sql("dbt", "describe onet_core.dim_scale")
    assert "varchar(60)" in described
    assert "denied" in stack.sql("api", "select * from onet_core.dim_later", code=None)


def test_a_backup_can_be_put_back(stack: Stack) -> None:
    """With the two commands of docs/docker.md."""
    dump, load = re.findall(
        r"^docker compose exec -T mysql (.*) [<>] onet\.sql$",
        (ROOT / "docs" / "docker.md").read_text(),
        re.M,
    )
    answer = httpx.get(stack.address() + GAP).json()
    stack.compose("exec", "-T", "mysql", "bash", "-c", f"{dump} > /tmp/onet.sql")
    stack.sql("dbt", "drop database onet_core; drop database onet")
    assert httpx.get(stack.address() + GAP).json()["type"] == "/problems/no-publication"
    stack.compose("exec", "-T", "mysql", "bash", "-c", f"{load} < /tmp/onet.sql")
    assert httpx.get(stack.address() + GAP).json() == answer


def test_passwords_of_ones_own_and_more_processes(stack: Stack, tmp_path: Path) -> None:
    """One from the environment, one from a file; two workers in each of two replicas."""
    (tmp_path / "password").write_text(PASSWORD + "\n")
    tmp_path.chmod(0o755)
    ports = range(port := int(os.environ["API_PORT"]) + 10, port + 2)
    mine = {"API_PASSWORD_FILE": str(tmp_path / "password"), "DBT_PASSWORD": ANOTHER}
    stack.up(
        "--scale",
        "api=2",
        **mine,
        API_PORT=f"{ports[0]}-{ports[-1]}",
        WEB_CONCURRENCY="2",
        ONET_SOURCE="releases/db_99_1_text",
    )
    for index in (1, 2):
        assert httpx.get(stack.address(index=index) + GAP).status_code == 200
    assert "denied" in stack.sql("api", "select 1", code=None)
    assert stack.sql("api", "select 1", password=PASSWORD).strip() == "1"
    everything = "".join(stack.logs(service) for service in FILE["services"])
    assert PASSWORD not in everything
    assert ANOTHER not in everything
    stack.compose(
        "exec",
        "-T",
        "mysql",
        "mysql",
        "--defaults-extra-file=/run/onet/backup.cnf",
        "-e",
        "select 1",
    )


def test_everything_stops_when_told(stack: Stack) -> None:
    stack.compose("stop")
    codes = {
        service: {each["State"]["ExitCode"] for each in stack.inspect(service)}
        for service in LASTING
    }
    assert not [service for service, found in codes.items() if 137 in found], (
        "killed: it did not stop in its time"
    )

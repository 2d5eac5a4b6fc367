"""A client that is generated from the description of the API: made, compiled and typed, and called
on a real server."""

from __future__ import annotations

import compileall
import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.support.live_warehouse import FROM, TO, UNRATED, Edition, SQLiteWarehouse, served


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    warehouse = SQLiteWarehouse(tmp_path_factory.mktemp("warehouse"), "onet_test_client")
    warehouse.publish(Edition())
    with served(warehouse.environment()) as address:
        yield address


@pytest.fixture(scope="module")
def package(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The generated package; a warning of the generator is a failure."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "openapi.json").write_text(httpx.get(f"{url}/openapi.json").text)
    (folder / "config.yaml").write_text("post_hooks: []\n")
    command = [
        "generate",
        "--path",
        "openapi.json",
        "--meta",
        "none",
        "--output-path",
        "onet_client",
        "--config",
        "config.yaml",
    ]
    made = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", *command, "--fail-on-warning"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert compileall.compile_dir(folder / "onet_client", quiet=1)
    sys.path.insert(0, str(folder))
    try:
        yield folder / "onet_client"
    finally:
        sys.path.remove(str(folder))


def operation(name: str) -> Any:
    [path] = Path(import_module("onet_client").__path__[0]).glob(f"api/*/{name}.py")
    return import_module(f"onet_client.api.{path.parent.name}.{name}")


def test_every_operation_is_a_function_with_a_name_to_call(package: Path, url: str) -> None:
    described = httpx.get(f"{url}/openapi.json").json()
    names = {each["operationId"] for item in described["paths"].values() for each in item.values()}
    assert {path.stem for path in package.glob("api/*/*.py")} - {"__init__"} == names
    for name in names:
        assert callable(operation(name).sync_detailed)


def written(response: Any) -> Any:
    """As the API writes it: a time ends in Z there."""
    return json.loads(json.dumps(response.to_dict()).replace("+00:00", "Z"))


@pytest.mark.usefixtures("package")
def test_the_client_gets_what_the_api_answers(url: str) -> None:
    client = import_module("onet_client").Client(base_url=url)
    models: Any = import_module("onet_client.models")
    gap = operation("get_skill_gap").sync(client=client, from_=FROM, to=TO, significant=True)
    assert isinstance(gap, models.SkillGapResponse)
    assert written(gap) == httpx.get(f"{url}/skill-gap?from={FROM}&to={TO}&significant=true").json()
    assert gap.gaps[0].level_gap == 2.25
    found = operation("search_occupations").sync(client=client, q="chief", limit=1)
    assert [each.title for each in found.occupations] == ["Chief Executives"]
    whole = operation("get_occupation").sync(TO, client=client)
    assert whole.occupation.title == "Facilities Managers"
    moves = operation("list_career_transitions").sync(TO, client=client)
    assert moves.publication.release == "29.2"
    profile = models.Profile.from_dict({"profile": {"9.A.1": 0.5}})
    own = operation("get_profile_skill_gap").sync(
        client=client, body=profile, to=TO, definition=models.GetProfileSkillGapDefinition.HIGHER
    )
    assert (
        written(own)
        == httpx.post(
            f"{url}/skill-gap?to={TO}&definition=higher", json={"profile": {"9.A.1": 0.5}}
        ).json()
    )


@pytest.mark.usefixtures("package")
def test_the_client_gets_errors_as_objects(url: str) -> None:
    client = import_module("onet_client").Client(base_url=url)
    problem = operation("get_skill_gap").sync(client=client, from_=UNRATED, to=TO)
    assert isinstance(problem, import_module("onet_client.models").ProblemResponse)
    assert (problem.status, problem.type_) == (404, "/problems/occupation-not-rated")
    assert json.dumps(problem.to_dict()["near"])

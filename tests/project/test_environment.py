"""What the environment says, and what an empty variable of it says: compose files and `.env` pass
those on for what was left unset."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from dbt.config.profile import Profile, read_profile
from dbt.config.renderer import ProfileRenderer
from dbt_common.context import set_invocation_context
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from api.settings import Settings as ApiSettings
from dbt_onet.pipeline.settings import PROJECT_DIR
from dbt_onet.pipeline.settings import Settings as DbtSettings
from loader.settings import Settings as LoaderSettings
from tests.support.environment import KEYS, SETTINGS, forget_keys, without_settings
from tests.support.live_warehouse import SQLiteWarehouse
from tests.support.warehouse import ROOT, Role, Warehouse

VARIABLES = sorted(
    set(re.findall(r"`(WAREHOUSE_[A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text()))
)
ROOMS: list[type[BaseSettings]] = [LoaderSettings, DbtSettings, ApiSettings]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(os.environ) - set(without_settings()):
        monkeypatch.delenv(name)


def profile(engine: str) -> dict[str, Any]:
    """What dbt connects with, by its own reading of the project's profile."""
    set_invocation_context(os.environ)
    raw = read_profile(str(PROJECT_DIR))["dbt_onet"]
    target, _ = Profile.render_profile(raw, "dbt_onet", None, ProfileRenderer({}))
    _, connection = Profile.render_profile(raw, "dbt_onet", engine, ProfileRenderer({}))
    return {"target": target, **connection}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__module__)
def test_an_empty_variable_is_an_unset_one(
    room: type[BaseSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    unset = room()
    for name in [*VARIABLES, *(field.upper() for field in room.model_fields)]:
        monkeypatch.setenv(name, "")
    assert room() == unset


@pytest.mark.parametrize("host", ["h..x", "h" * 64, "h\u2028x"])
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__module__)
def test_a_host_that_is_none_is_refused_by_name(
    room: type[BaseSettings], host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_HOST", host)
    with pytest.raises(ValidationError, match="not a host's name or address"):
        room()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__module__)
def test_a_folder_whose_path_is_no_text_is_refused_by_name(
    room: type[BaseSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_DIR", "/tmp/x\udcff\udcfe")  # noqa: S108 - never made
    with pytest.raises(ValidationError, match="is not UTF-8"):
        room()


@pytest.mark.parametrize("engine", ["duckdb", "mysql"])
def test_an_empty_variable_is_an_unset_one_to_dbt_too(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unset = profile(engine)
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
    assert profile(engine) == unset


def test_the_rooms_agree_on_where_an_unnamed_warehouse_is() -> None:
    loader, dbt, api = LoaderSettings(), DbtSettings(), ApiSettings()
    duckdb, mysql = profile("duckdb"), profile("mysql")
    assert len(VARIABLES) == 10
    assert loader.warehouse_engine == dbt.engine == api.warehouse_engine == duckdb["target"]
    assert loader.warehouse_dir == dbt.dir == api.warehouse_dir == Path(duckdb["path"]).parent
    assert (
        loader.warehouse_name
        == dbt.name
        == api.warehouse_name
        == duckdb["schema"].removesuffix("_build")
    )
    assert duckdb["schema"] == mysql["schema"] == dbt.build
    assert loader.warehouse_host == dbt.host == api.warehouse_host == mysql["server"]
    assert loader.warehouse_port == dbt.port == api.warehouse_port == mysql["port"]
    assert loader.warehouse_user == dbt.user == api.warehouse_user == mysql["username"] == ""
    assert (
        loader.password
        == dbt.secret
        == api.warehouse_password.get_secret_value()
        == mysql["password"]
        == ""
    )
    assert loader.warehouse_socket is dbt.socket is api.warehouse_socket is None
    assert not mysql["unix_socket"]


def test_a_developers_own_settings_take_no_part_in_a_test(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    planted = [
        *(f"{name}PLANTED" for name in SETTINGS),
        "ONET_API_KEY",
        "OPENAI_API_KEY",
        "API_KEYS",
        "API_KEYS_FILE",
        "LLM_MODEL",
    ]
    for name in planted:
        monkeypatch.setenv(name, "planted-by-a-developer")
    roles: tuple[Role, ...] = ("loader", "dbt", "api")
    environments = [Warehouse("duckdb", tmp_path).environment(role) for role in roles]
    environments += [without_settings(), SQLiteWarehouse(tmp_path, "onet_test_env").environment()]
    assert not any("planted-by-a-developer" in environment.values() for environment in environments)
    forget_keys()
    assert not any(name.startswith(KEYS) for name in os.environ)


def test_children_are_made_with_a_clean_environment_everywhere() -> None:
    """`os.environ` as a whole goes to no child: who starts one adds to `without_settings()`. A
    browser and compose have their reasons."""
    excused = {"environment.py", "browser.py", "compose_stack.py"}
    whole = re.compile(r"(\*\*|env=|copy\()os\.environ\b(?!\.get|\[)")
    assert not [
        path.name
        for path in (ROOT / "tests").rglob("*.py")
        if path.name not in excused and whole.search(path.read_text())
    ]


def test_no_key_reaches_the_tests_own_process() -> None:
    """A run of one test, as a developer with keys would start it."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/api/test_openapi.py",
        "-k",
        "every_endpoint_is_there",
    ]
    keys = {
        "API_KEYS": "planted-by-a-developer",
        "ONET_API_KEY": "x",
        "OPENAI_BASE_URL": "no address",
        "LLM_RATE": "no number",
    }
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=without_settings() | keys,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr

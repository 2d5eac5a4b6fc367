"""The published dbt-mysql is imported under old names that nobody else sees, beside other adapters.
Needs no server."""

import secrets
import subprocess
import sys
from importlib import import_module

import pytest
from dbt.adapters.factory import FACTORY
from dbt.adapters.onet_mysql import OnetMySQLCredentials
from dbt.adapters.onet_mysql.legacy_names import legacy_names

IMPORTS_AND_COMPARES = """
import sys
import dbt.events, dbt.exceptions, dbt.utils
from dbt.adapters.onet_mysql.legacy_names import LEGACY_MODULES
before = {name: sys.modules.get(name) for name in LEGACY_MODULES}
import dbt.adapters.onet_mysql
assert {name: sys.modules.get(name) for name in LEGACY_MODULES} == before
assert before["dbt.events"] is dbt.events and before["dbt.clients.agate_helper"] is None
"""


def test_importing_the_plugin_leaves_the_modules_of_dbt_core_as_they_were() -> None:
    subprocess.run([sys.executable, "-c", IMPORTS_AND_COMPARES], check=True)


def test_old_names_are_put_back_after_a_failed_import() -> None:
    before = dict(sys.modules)
    with pytest.raises(ModuleNotFoundError), legacy_names():
        # the first three names exist, the fourth does not
        import_module("dbt.clients.agate_helper.nothing")
    assert dict(sys.modules) == before


def test_dbt_loads_it_beside_another_adapter_and_with_the_macros_it_inherits() -> None:
    pytest.importorskip("dbt.adapters.duckdb")
    FACTORY.load_plugin("duckdb")
    assert FACTORY.load_plugin("onet_mysql") is OnetMySQLCredentials
    assert FACTORY.get_adapter_type_names("onet_mysql") == ["onet_mysql", "mysql"]
    assert FACTORY.get_adapter_package_names("onet_mysql") == ["dbt_onet_mysql", "dbt_mysql", "dbt"]


def test_the_password_is_not_in_what_dbt_shows_of_a_profile() -> None:
    password = secrets.token_hex()
    credentials = OnetMySQLCredentials.from_dict(
        {"host": "db", "user": "loader", "password": password, "schema": "s"}
    )
    assert credentials.connect_arguments()["password"] == password
    assert (
        password not in f"{credentials!r} {credentials}"
        f" {list(credentials.connection_info(with_aliases=True))}"
    )

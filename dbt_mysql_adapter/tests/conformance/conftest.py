"""dbt's own fixtures, on the server of the tests beside this folder."""

from typing import Any

import pytest
from dbt.adapters.factory import reset_adapters

# a plugin named below the root is refused by pytest
from dbt.tests.fixtures.project import *  # noqa: F403


@pytest.fixture(scope="class", autouse=True)
def forget_adapters() -> None:
    """dbt keeps one adapter of a type in a process: that of an earlier test is another user's."""
    reset_adapters()


@pytest.fixture(scope="class")
def dbt_profile_target(unix_socket: str) -> dict[str, Any]:
    return {"type": "onet_mysql", "threads": 1, "unix_socket": unix_socket, "user": "root"}

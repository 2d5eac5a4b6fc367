"""The dbt adapter `onet_mysql`: the published dbt-mysql 1.7.0 on today's dbt-core.

dbt-mysql has had no release for dbt-core 1.8 or later, and dbt-core 1.7 silently ignores
`data_tests:` and `unit_tests:`. This plugin changes nothing on disk: it imports dbt-mysql while the
module names of dbt-core 1.7 exist, inherits its Python and its macros, and overrides what today's
dbt-core or today's MySQL (no md5 since 9.6) does differently.

It can go when dbt-mysql publishes a release for dbt-core 1.8 or later: run this package's tests
with that release's adapter type, keep whatever macro a failing test still needs in the project
itself, and name that type in the profile.
"""

from pathlib import Path

from dbt.adapters.base import AdapterPlugin
from dbt.adapters.onet_mysql.connections import OnetMySQLConnectionManager, OnetMySQLCredentials
from dbt.adapters.onet_mysql.impl import Onet_MySQLAdapter

__all__ = ["OnetMySQLConnectionManager", "OnetMySQLCredentials", "Onet_MySQLAdapter", "Plugin"]

Plugin = AdapterPlugin(
    adapter=Onet_MySQLAdapter,
    credentials=OnetMySQLCredentials,
    include_path=str(Path(__file__).parents[2] / "include" / "onet_mysql"),
    dependencies=["mysql"],
)

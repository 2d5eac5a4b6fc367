"""The published dbt-mysql, imported: the one place where its classes come from."""

from dbt.adapters.onet_mysql.legacy_names import bind_exceptions, legacy_names

with legacy_names():
    from dbt.adapters.mysql import connections, impl
    from dbt.adapters.mysql.connections import MySQLConnectionManager, MySQLCredentials
    from dbt.adapters.mysql.impl import MySQLAdapter

bind_exceptions(connections, impl)

__all__ = ["MySQLAdapter", "MySQLConnectionManager", "MySQLCredentials"]

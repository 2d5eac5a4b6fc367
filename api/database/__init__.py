"""The one place where the engines differ: how a statement of the queries reaches the published
views."""

from api.database.base import (
    Database,
    DatabaseUnavailableError,
    NoPublicationError,
    Params,
    Record,
    Row,
    Statement,
    Usage,
    read_timestamp,
)
from api.settings import Settings

__all__ = [
    "Database",
    "DatabaseUnavailableError",
    "NoPublicationError",
    "Params",
    "Record",
    "Row",
    "Statement",
    "Usage",
    "open_database",
    "read_timestamp",
]


def open_database(settings: Settings) -> Database:
    """The database that the settings name. Connects to nothing yet: the service starts before its
    warehouse.

    An engine's module is imported where it is chosen: neither needs the other's driver.
    """
    if settings.warehouse_engine == "mysql":
        from api.database.mysql import MySQLDatabase

        return MySQLDatabase(settings)
    from api.database.sqlite import SQLiteDatabase

    return SQLiteDatabase(settings)

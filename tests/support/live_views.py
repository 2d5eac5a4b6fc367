"""The published views' columns and types as the last recorded publication of the sample had them:
what hand-made warehouses are made with.

`test_live_views.py` holds the record against a real publication on each engine.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.warehouse import Engine, Warehouse

RECORD = Path(__file__).with_name("live_views.json")
ENGINES: tuple[Engine, ...] = ("duckdb", "mysql")

Columns = dict[str, str]
"""Name → type, in order."""


def recorded(engine: Engine) -> dict[str, Columns]:
    """View → columns."""
    place = ENGINES.index(engine)
    views: dict[str, dict[str, list[str]]] = json.loads(RECORD.read_text())
    return {
        view: {column: types[place] for column, types in columns.items()}
        for view, columns in views.items()
    }


def published_views(warehouse: Warehouse) -> dict[str, Columns]:
    """The same, of a real publication."""
    kind = "column_type" if warehouse.server else "data_type"
    views: dict[str, Columns] = {}
    for view, column, type_ in warehouse.query(
        f"select table_name, column_name, {kind} from information_schema.columns where table_schema"
        " = '{live}' order by table_name, ordinal_position"
    ):
        views.setdefault(view, {})[column] = type_.lower()
    return views


def record(engine: Engine, views: dict[str, Columns]) -> None:
    """Notes one engine's types; the other's stay where they are known."""
    place = ENGINES.index(engine)
    before: dict[str, dict[str, list[str]]] = (
        json.loads(RECORD.read_text()) if RECORD.exists() else {}
    )
    noted = {}
    for view, columns in views.items():
        noted[view] = {
            column: list(before.get(view, {}).get(column, ["", ""])) for column in columns
        }
        for column, type_ in columns.items():
            noted[view][column][place] = type_
    lines = [
        f' "{view}": {{\n'
        + ",\n".join(f'  "{column}": {json.dumps(types)}' for column, types in columns.items())
        + "\n }"
        for view, columns in noted.items()
    ]
    RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n")

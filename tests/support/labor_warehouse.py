"""The sample with labour-market files beside it: landed, built and published once a run on each
engine, for all tests that only read it."""

from __future__ import annotations

from pathlib import Path

from tests.support import shared
from tests.support.labor_files import write_labor_files
from tests.support.mysql_server import MysqlServer
from tests.support.warehouse import Engine, Warehouse, code_checksum, create_users


def built_labor(engine: Engine, server: MysqlServer | None) -> Warehouse:
    def build(folder: Path) -> dict[str, str]:
        warehouse = Warehouse(engine, folder, server)
        create_users(warehouse)
        warehouse.land("sample")
        files = write_labor_files(folder.with_suffix(".files"))
        warehouse.run("loader", "loader", "labor", str(files))
        warehouse.build()
        return {"name": warehouse.name, "password": warehouse.password}

    name = f"labor-{engine}-{code_checksum()[:12]}"
    known = shared.once(name, build)
    return Warehouse(engine, shared.folder() / name, server, known["name"], known["password"])

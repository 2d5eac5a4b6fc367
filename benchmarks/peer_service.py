"""A service as published ones are made, to measure beside ours:
`python -m benchmarks.peer_service PORT`.

Of our own making, after what such a service does: one SQL join for a request, on a connection that
is opened for it; no counts, no check of the codes, nothing of uncertainty. It reads the tables, as
dbt's user may.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import pymysql
import uvicorn
from fastapi import FastAPI, Query

GAP = """
select target.element_id, element.element_name, source.value, target.value
from {core}.fct_rating as target
inner join {core}.fct_rating as source
    on source.element_id = target.element_id and source.scale_id = target.scale_id
inner join {core}.dim_element as element on element.element_id = target.element_id
where target.occupation_code = %s and source.occupation_code = %s
    and target.scale_id = 'LV' and element.domain = 'skills'
    and target.value > 0 and source.value = 0
order by target.value desc
"""


def peer_app() -> FastAPI:
    app = FastAPI()
    statement = GAP.format(core=f"{os.environ['WAREHOUSE_NAME']}_core")

    @app.get("/health/live")
    def live() -> dict[str, str]:
        return {"status": "live"}

    @app.get("/gap")
    def gap(
        from_code: Annotated[str, Query(alias="from")], to_code: Annotated[str, Query(alias="to")]
    ) -> list[dict[str, Any]]:
        connection = pymysql.connect(
            unix_socket=os.environ["WAREHOUSE_SOCKET"],
            user=os.environ["WAREHOUSE_USER"],
            password=os.environ["WAREHOUSE_PASSWORD"],
            ssl_disabled=True,  # in its favour: most of a new connection's time would be TLS
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, (to_code, from_code))
            names = ("element_id", "element_name", "from_level", "to_level")
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return app


if __name__ == "__main__":
    uvicorn.run(
        peer_app(),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=False,
        log_config=None,
        server_header=False,
    )

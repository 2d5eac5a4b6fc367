"""A new publication under load: picked up without a restart, without a failed request, and never
mixed with the one before."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import httpx2 as httpx
import pytest

from api.database.sqlite import SQLiteDatabase
from api.queries.publication import CURRENT_PUBLICATION
from api.settings import Settings
from tests.support.live_warehouse import (
    FROM,
    TO,
    Edition,
    SQLiteWarehouse,
    Warehouse,
    served,
    served_by_process,
    until,
)

SLOW = """
with recursive counted(number) as (select 1 union all select number + 1 from counted
    where number < 1000000)
select publication.build_id, max(counted.number) from {name}.current_publication as publication
    cross join counted
"""
GAP = f"/skill-gap?from={FROM}&to={TO}"


def mixed(client: httpx.Client) -> str:
    """The build id of a whole answer; fails where its parts come from more than one build."""
    answer = client.get(GAP)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    build_id: str = body["publication"]["build_id"]
    mark = "" if build_id == Edition().build_id else build_id
    texts = [
        body["from"]["title"],
        body["to"]["title"],
        *(gap["element_name"] for gap in body["gaps"]),
    ]
    assert len(texts) == 7
    for text in texts:
        assert text.endswith(mark), body
        assert mark or "0000" not in text, body
    unchanged = client.get(GAP, headers={"If-None-Match": answer.headers["etag"]})
    assert unchanged.status_code in (200, 304)
    return build_id


def test_eight_clients_through_six_publications(live: Warehouse, tmp_path: Path) -> None:
    live.publish(Edition(1))
    seen: list[set[str]] = [set() for _ in range(8)]
    failures: list[BaseException] = []
    done = threading.Event()

    def ask(number: int, url: str) -> None:
        try:
            with httpx.Client(base_url=url) as client:
                while not done.is_set():
                    seen[number].add(mixed(client))
        except BaseException as error:
            failures.append(error)

    with served_by_process(live.environment(), tmp_path / "log") as server:
        threads = [threading.Thread(target=ask, args=(number, server.url)) for number in range(8)]
        for thread in threads:
            thread.start()
        try:
            for number in range(2, 8):
                edition = Edition(number)
                live.publish(edition)
                until(
                    lambda edition=edition: (
                        failures or all(edition.build_id in each for each in seen)
                    )
                )
        finally:
            done.set()
            for thread in threads:
                thread.join()
        assert not failures, failures[0]
        if isinstance(live, SQLiteWarehouse):
            # old files are let go of once unread
            until(lambda: len(open_files(server.process.pid)) == 1)
            assert open_files(server.process.pid) == {live.files[-1].name}


def open_files(pid: int) -> set[str]:
    """The published files that a process has open."""
    links = (
        str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()
    )
    return {Path(link.removesuffix(" (deleted)")).name for link in links if ".sqlite" in link}


def test_a_long_statement_keeps_its_publication_and_the_file_goes_with_it(tmp_path: Path) -> None:
    live = SQLiteWarehouse(tmp_path, "onet_test_reader")
    live.publish(Edition(1))
    first = live.files[-1].name

    async def read_through_a_publication() -> list[str]:
        database = SQLiteDatabase(Settings(warehouse_dir=tmp_path, warehouse_name=live.name))
        await database.fetch(CURRENT_PUBLICATION, {})
        reading = [asyncio.create_task(database.fetch(SLOW, {}, is_long=True)) for _ in range(3)]
        await asyncio.sleep(0)  # they have begun, on the first edition
        live.publish(Edition(2))
        seen = [str((await database.fetch(CURRENT_PUBLICATION, {}))[0][0])]
        assert first in open_files(os.getpid())
        seen += [str(rows[0][0]) for rows in await asyncio.gather(*reading)]
        assert first not in open_files(os.getpid())
        await database.close()
        return seen

    assert asyncio.run(read_through_a_publication()) == [
        Edition(2).build_id,
        *3 * [Edition(1).build_id],
    ]
    assert live.files[-1].name not in open_files(os.getpid())


def test_the_first_publication_needs_no_restart(live: Warehouse) -> None:
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        for path in (GAP, "/occupations", "/publication", "/health/ready"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["type"]) == (
                503,
                "/problems/no-publication",
            ), path
            assert answer.headers["retry-after"] == "30"
            assert "make build" in client.get(answer.json()["type"]).json()["explanation"]
        assert client.get("/health/live").status_code == 200
        assert client.get("/").json()["publication"] is None
        live.publish(Edition())
        assert mixed(client) == Edition().build_id
        assert client.get("/health/ready").json()["publication"]["build_id"] == Edition().build_id
        # there, what is open stays: test_damaged_publication.py
        if not isinstance(live, SQLiteWarehouse):
            live.unpublish()
            assert client.get(GAP).json()["type"] == "/problems/no-publication"


def test_views_without_a_publication_row_are_no_publication(live: Warehouse) -> None:
    live.publish(Edition(without=frozenset({"current_publication"})))
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        for path in (GAP, "/occupations", f"/occupations/{TO}", "/publication", "/health/ready"):
            assert client.get(path).json()["type"] == "/problems/no-publication", path
        assert client.get("/").json()["publication"] is None


@pytest.mark.parametrize(
    "content", ["missing.duckdb", "broken.duckdb", "", "\x00\x00", "../../broken.duckdb"]
)
def test_a_publication_that_cannot_be_read_does_not_replace_one_that_can(
    tmp_path: Path, content: str
) -> None:
    live = SQLiteWarehouse(tmp_path, "onet_test_pointer")
    live.publish(Edition(1))
    (tmp_path / "live" / "broken.sqlite").write_bytes(b"not a database" * 1000)
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        assert mixed(client) == Edition(1).build_id
        live.point_at(content)
        assert mixed(client) == Edition(1).build_id
        live.publish(Edition(2))
        assert mixed(client) == Edition(2).build_id


@pytest.mark.parametrize("content", ["missing.duckdb", "broken.duckdb", ""])
def test_nothing_readable_at_all_is_unavailable(
    tmp_path: Path, content: str, capfd: pytest.CaptureFixture[str]
) -> None:
    live = SQLiteWarehouse(tmp_path, "onet_test_pointer")
    (tmp_path / "live").mkdir()
    (tmp_path / "live" / "broken.sqlite").write_bytes(b"not a database" * 1000)
    live.point_at(content)
    with served(live.environment()) as url, httpx.Client(base_url=url) as client:
        for _ in range(2):
            answer = client.get(GAP)
            assert (answer.status_code, answer.json()["type"]) == (
                503,
                "/problems/database-unavailable",
            )
            assert str(tmp_path) not in answer.text
            assert answer.headers["retry-after"] == "5"
        live.publish(Edition())
        assert mixed(client) == Edition().build_id
    # said once, not with every request
    assert capfd.readouterr().out.count("publication_unreadable") == 1

"""The pages for people as they are served: /docs offline, /schema as soon as it is made, the index,
and the page at / with its files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import httpx2 as httpx
import pytest

from api import docs, static_files
from tests.support.live_warehouse import SQLiteWarehouse, served


@pytest.fixture
def docs_directory(tmp_path: Path) -> Path:
    return tmp_path / "docs"


@pytest.fixture
def client(tmp_path: Path, docs_directory: Path) -> Iterator[httpx.Client]:
    environment = SQLiteWarehouse(tmp_path, "onet_test_pages").environment()
    with served(environment) as url, httpx.Client(base_url=url) as client:
        yield client


class Links(HTMLParser):
    """Every address that a page links to or loads from, and every tag it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("href", "src") and value]
        self.ids += [value for name, value in attrs if name == "id" and value]


def test_docs_load_their_own_files_and_nothing_else(client: httpx.Client) -> None:
    answer = client.get("/docs")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy == docs.DOCS_POLICY
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", answer.text)
    assert not re.search(r"https?://", answer.text)
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "viewer.js", "viewer.css", "LICENSE"):
        assert f"docs/{name}" in answer.text
        file = client.get(f"/docs/{name}")
        assert (file.status_code, file.headers["content-security-policy"]) == (200, policy)
        again = client.get(f"/docs/{name}", headers={"If-None-Match": file.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert "Apache License" in client.get("/docs/LICENSE").text
    for name in ("nothing.js", "..%2fviewer.py", "oauth2-redirect.html", "__init__.py"):
        assert client.get(f"/docs/{name}").status_code == 404


def test_the_links_of_the_docs_and_the_index_lead_somewhere(api_client: httpx.Client) -> None:
    page = Links(api_client.get("/docs").text)
    addresses = [f"/{address}" for address in page.addresses if not address.startswith("#")]
    addresses += api_client.get("/").json()["links"].values()
    assert len(addresses) > 15
    for address in addresses:
        answer = api_client.get(address)
        assert answer.status_code == 200 or answer.json()["type"] == "/problems/docs-not-made", (
            address
        )


def test_schema_says_how_to_make_it_and_appears_without_restart(
    client: httpx.Client, docs_directory: Path
) -> None:
    for path in ("/schema", "/schema/", "/schema/catalog.json"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/docs-not-made")
        assert "make docs" in answer.json()["detail"]
        page = client.get(path, headers=BROWSER)
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "<code>make docs</code>" in page.text
        assert (
            client.get(path, headers={"Accept": "*/*"}).headers["content-type"]
            == "application/problem+json"
        )
    docs_directory.mkdir()
    (docs_directory / "index.html").write_text("<!doctype html><title>dbt docs</title>")
    (docs_directory / "catalog.json").write_text("{}")
    answer = client.get("/schema", follow_redirects=True)
    assert (answer.url.path, answer.text) == ("/schema/", "<!doctype html><title>dbt docs</title>")
    assert answer.headers["content-security-policy"] == docs.SCHEMA_POLICY
    assert client.get("/schema/catalog.json?cb=123").json() == {}
    assert client.get("/schema/nothing.json").json()["type"] == "/problems/not-found"


def test_schema_leaves_its_directory_by_no_way(
    client: httpx.Client, docs_directory: Path, tmp_path: Path
) -> None:
    docs_directory.mkdir()
    (docs_directory / "index.html").write_text("docs")
    (tmp_path / "secret.txt").write_text("secret")
    (docs_directory / "link.txt").symlink_to(tmp_path / "secret.txt")
    for path in (
        "/schema/../secret.txt",
        "/schema/%2e%2e/secret.txt",
        "/schema/..%2fsecret.txt",
        "/schema//etc/passwd",
        "/schema/link.txt",
    ):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "secret" not in answer.text.replace("secret.txt", "")


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def test_a_browser_gets_the_page_and_anyone_else_the_index(client: httpx.Client) -> None:
    answer = client.get("/", headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    assert client.get("/").headers["content-type"] == "application/json"
    assert client.get("/", headers={"Accept": "image/png"}).status_code == 406


def test_the_state_of_the_page_is_its_own_affair_and_no_parameter_of_the_index(
    client: httpx.Client,
) -> None:
    state = "/?from=x&to=y&utm_source=z"
    assert client.get(state, headers=BROWSER).content == client.get("/", headers=BROWSER).content
    answer = client.get(state)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-parameter")


def test_the_page_runs_its_own_files_and_nothing_else(client: httpx.Client) -> None:
    answer = client.get("/", headers=BROWSER)
    policy = answer.headers["content-security-policy"]
    assert policy == static_files.PAGE_POLICY
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", answer.text)
    for address in Links(answer.text).addresses:
        if address.startswith("page/"):
            assert client.get(f"/{address}").status_code == 200, address
    named = {
        address.removeprefix("page/")
        for address in Links(answer.text).addresses
        if address.startswith("page/")
    }
    assert named == set(static_files.FILES) - {"index.html"}, (
        "each file is named, so that all are fetched at once"
    )


@pytest.mark.parametrize("name", sorted(static_files.FILES))
def test_a_file_of_the_page_is_kept_until_it_changes(client: httpx.Client, name: str) -> None:
    answer = client.get(f"/page/{name}")
    assert answer.status_code == 200
    elsewhere = (
        "https://creativecommons.org/ http://www.w3.org/2000/svg https://www.onetonline.org/link/"
        " https://www.mynextmove.org/profile/"
    )
    text = answer.text.replace('"https://", ""', "")
    for address in elsewhere.split():
        text = text.replace(address, "")
    assert "://" not in text
    again = client.get(f"/page/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "innerHTML" not in answer.text


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, br", "br"), ("br;q=0.4, GZIP;q=0.5", "gzip"), ("gzip;q=0", None), ("identity", None)],
)
def test_a_file_of_the_page_is_compressed_for_whoever_takes_it(
    client: httpx.Client, accepted: str, coding: str | None
) -> None:
    headers = {"Accept-Encoding": accepted}
    answer = client.get("/page/words.js", headers=headers)
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.content == static_files.FILES["words.js"].body  # as the client unpacks it
    assert (int(answer.headers["content-length"]) < len(answer.content)) == (coding is not None)
    tag = answer.headers["etag"]
    plain = static_files.FILES["words.js"].headers["ETag"]
    assert tag == (plain if coding is None else f'{plain[:-1]}-{coding}"')
    assert client.get("/page/words.js", headers=headers | {"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/page/nothing.js",
        "/page/",
        "/page/../static_files.py",
        "/page/%2e%2e%2fpage.py",
        "/page/__init__.py",
    ],
)
def test_there_is_nothing_else_under_the_page(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")

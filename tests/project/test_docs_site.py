"""The site of docs/: it builds without a warning, holds every page, and fetches nothing from
elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser import chromium, visit
from tests.support.warehouse import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `mkdocs build --strict` makes it: any warning is a failure."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_is_in_the_navigation_once(site: Path) -> None:
    pages = [str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")]
    navigation = (ROOT / "mkdocs.yml").read_text().split("\nnav:\n")[1]
    assert sorted(re.findall(r"^ +- (\S+\.md)$", navigation, re.M)) == sorted(pages)
    for page in pages:
        folder = re.sub(r"(index|README)?\.md$", "", page)
        built = (site / folder / "index.html").read_text()
        assert re.search(r"<h1 id=", built), page


def test_no_page_names_a_script_style_or_font_of_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert pages
    for path in pages:
        tags = re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", path.read_text())
        assert tags
        assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", " ".join(tags)), path
    for path in site.rglob("*.css"):
        elsewhere = re.compile(r"(?:url\(|@import\s)[\s\"']*(?:https?:)?//")
        assert not elsewhere.findall(path.read_text()), path


@pytest.mark.browser
def test_a_reader_who_searches_fetches_nothing_from_elsewhere(site: Path, tmp_path: Path) -> None:
    handler = partial(SimpleHTTPRequestHandler, directory=str(site))
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
        chromium(tmp_path) as browser,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        # `visit` fails where another address was asked
        with visit(browser, f"http://127.0.0.1:{server.server_port}") as tab:
            tab.page.goto(f"{tab.url}/settings/")
            tab.page.get_by_role("textbox", name="Search").fill("WAREHOUSE_ENGINE")
            expect(tab.page.locator(".md-search-result__link").first).to_be_visible()
        server.shutdown()

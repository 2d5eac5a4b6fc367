"""Lines end at 100 columns, in all of the repository's texts."""

from __future__ import annotations

import re
import subprocess

from tests.support.warehouse import ROOT

WIDTH = 100
DATA = re.compile(
    r".*\.(csv|html|json|png|svg|txt|webp)$|loader/(employer/)?sample/|LICENSE$|requirements/"
)
"""Data, licences and locks stand as others wrote them, or as tools write them; in HTML white space
is a part of the page."""


def is_exempt(path: str, line: str, fenced: bool) -> bool:
    """Lines that cannot be broken: tables, links, pictures, samples, pragmas, a target's help."""
    if re.match(r"\s*\S+$", line):
        return True
    if path.endswith(".md"):
        return fenced or bool(re.match(r"\s*(\||!\[|#)|\s*(- )?\S+$", line))
    if path.endswith(".py"):
        return len(re.sub(r"\s*# (noqa|type: ignore).*", "", line)) <= WIDTH
    return path == "Makefile" and bool(re.match(r"[a-z-]+:.*##", line))


def test_lines_end_at_100_columns() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    long = []
    for path in listed.stdout.split("\0")[:-1]:
        if DATA.match(path) or not (ROOT / path).is_file():
            continue
        fenced = False
        for number, line in enumerate((ROOT / path).read_text().splitlines(), 1):
            fenced ^= line.strip().startswith("```")
            if len(line) > WIDTH and not is_exempt(path, line, fenced):
                long.append(f"{path}:{number}: {len(line)} columns")
    assert not long

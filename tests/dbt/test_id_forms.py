"""Every id that is published has a form: one that has not is found in raw, by file and line, on
both engines, and nothing is published."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.support.release_files import sample_copy
from tests.support.warehouse import ROOT, Warehouse

CODES = ["'-4121.00", "../x/1.00", "11-1011.0\u200b", "11-1011,00", "11-1011", "1\uff11-1011.00"]
CODES += ["11-1011.00 ", "11-1011.AB", "%", "11-1011.0\u2028"]
ELEMENTS = [
    "../2.A",
    "2.A.1.a\u200b",
    "2..A",
    "2.A.1.abcd",
    "'",
    "2.A.1.a\u2028",
    "2.A.1.a\x85",
    "2.A.1.a\u2029",
    "2.A.1.abc.abc.abc.abc",
]
VALUES = {
    "Data Value": ["4.5\u2028", "4.5\x85"],
    "N": ["8\u2029"],
    "Scale ID": ["lv", "L-", "L\u2028"],
    "Date": ["07/2024\u2028"],
}


def test_what_has_no_form_is_found_with_file_and_line(warehouse: Warehouse, tmp_path: Path) -> None:
    """By the tests of the source alone, which a build runs before anything else. MySQL's `$` would
    let a line's end through."""
    release = sample_copy(tmp_path / "release")
    wrong = {"O*NET-SOC Code": CODES, "Element ID": ELEMENTS, **VALUES}
    header, *rows = release.lines("Skills.txt")
    for column, texts in wrong.items():
        for row, text in zip(rows, texts, strict=False):
            row[header.index(column)] = text
    (release.folder / "Skills.txt").write_bytes(
        "".join("\t".join(row) + "\r\n" for row in [header, *rows]).encode()
    )
    warehouse.land(release.folder, "--release", "99.1")
    target = tmp_path / "target"
    folders = (
        "--project-dir",
        "dbt_onet",
        "--profiles-dir",
        "dbt_onet",
        "--target-path",
        str(target),
        "--log-path",
        str(target),
    )
    warehouse.run(
        "dbt", "dbt.cli.main", "--quiet", "test", "--select", "source:raw.skills", *folders, code=1
    )
    [relation] = [
        result["relation_name"]
        for result in json.loads((target / "run_results.json").read_text())["results"]
        if "typed_as_raw_skills" in result["unique_id"] and result["status"] == "fail"
    ]
    text = f"select column_name, published_text, file_name, line_number from {relation}"
    if warehouse.server:
        found = warehouse.query(text)
    else:
        with duckdb.connect(str(warehouse.dir / "build.duckdb"), read_only=True) as built:
            found = built.execute(text).fetchall()
    names = {
        "O*NET-SOC Code": "onetsoc_code",
        "Element ID": "element_id",
        "Data Value": "data_value",
        "Date": "date_updated",
    }
    wanted = {
        (names.get(column, column.lower().replace(" ", "_")), text, "Skills.txt", row)
        for column, texts in wrong.items()
        for row, text in enumerate(texts, 2)
    }
    assert set(found) == wanted


def test_every_id_is_typed_by_its_form() -> None:
    """Whatever staging calls a code or an id of an element or scale; everything published gets it
    from there."""
    macro = (ROOT / "dbt_onet" / "macros" / "typed.sql").read_text()
    [forms] = re.findall(r"macro id_forms\(\).*?endmacro", macro, re.DOTALL)
    kinds = set(re.findall(r"'([a-z ]+)': \[", forms))
    assert len(kinds) == 4
    typed = [
        (path.name, name, kind)
        for path in sorted((ROOT / "dbt_onet" / "models" / "staging").glob("[!l]*/*.sql"))
        for kind, name in re.findall(
            r"typed\('\w+', '([^']+)'\)[^,\n]*?(?:as|\)) *(?:as )?(\w+)", path.read_text()
        )
        if name.endswith("_code") or name in ("element_id", "scale_id")
    ]
    assert len(typed) > 15
    assert not [each for each in typed if each[2].removeprefix("optional ") not in kinds]


@pytest.mark.parametrize("release", ["27_0", "29_2", "30_1", "30_3"])
def test_the_official_releases_have_these_forms(
    releases: Path, release: str, column_values: Callable[[Path, str], set[str]]
) -> None:
    macro = (ROOT / "dbt_onet" / "macros" / "typed.sql").read_text()
    forms = dict(re.findall(r"'([a-z ]+)': \['([^']+)'", macro))
    headings = {
        "O*NET-SOC Code": "occupation code",
        "Element ID": "element id",
        "Scale ID": "scale id",
        "Commodity Code": "unspsc code",
    }
    zip_file = releases / f"db_{release}_text.zip"
    if not zip_file.exists():
        pytest.skip(f"no {zip_file.name}")
    for heading, kind in headings.items():
        assert not [
            value
            for value in column_values(zip_file, heading)
            if not re.fullmatch(forms[kind], value, re.ASCII)
        ]


@pytest.fixture
def column_values() -> Callable[[Path, str], set[str]]:
    """All values of the columns of that heading in any file of a release."""
    import zipfile

    def read(path: Path, heading: str) -> set[str]:
        found: set[str] = set()
        with zipfile.ZipFile(path) as release:
            for name in release.namelist():
                head, *lines = release.read(name).decode().split("\n")
                columns = head.rstrip("\r").split("\t")
                if heading in columns:
                    place = columns.index(heading)
                    found |= {line.rstrip("\r").split("\t")[place] for line in lines if line}
        return found - {"n/a"}

    return read

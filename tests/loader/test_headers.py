"""A file is taken only with a header the registry knows, and a release only with the files without
which there is no gap."""

from __future__ import annotations

import codecs
import io
import re

import pytest

from loader.errors import LoaderError
from loader.file_registry import FILES, REQUIRED, Layout, ReleaseFile
from loader.reader import FileReader, match_header
from tests.support.landing import NUMBER, land_here
from tests.support.release_files import Release, sample_copy
from tests.support.warehouse import Warehouse

SKILLS = next(file for file in FILES if file.name == "Skills.txt")
EXPECTED = f"expected exactly {', '.join(repr(heading) for heading in SKILLS.layouts[0])}"


def header(layout: Layout) -> bytes:
    return "\t".join(layout).encode()


def told(line: bytes) -> str:
    with pytest.raises(LoaderError) as raised:
        match_header(SKILLS, line)
    return str(raised.value)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_layout_of_the_registry_is_known_with_either_line_ending(file: ReleaseFile) -> None:
    for layout in file.layouts:
        assert match_header(file, header(layout)) == layout
        assert match_header(file, header(layout) + b"\r") == layout


def test_missing_unexpected_and_reordered_columns_are_three_messages() -> None:
    layout = SKILLS.layouts[0]

    missing = told(header(layout[:4] + layout[6:]))
    unexpected = told(header((*layout, "Mood")))
    reordered = told(header((layout[1], layout[0], *layout[2:])))

    assert missing.startswith("Skills.txt: missing columns 'Data Value', 'N'; expected exactly")
    assert unexpected.startswith("Skills.txt: unexpected column 'Mood'; expected exactly")
    assert reordered.startswith(
        "Skills.txt: reordered columns: found 'Element ID', 'O*NET-SOC Code', 'Element Name'"
    )
    for message in (missing, unexpected, reordered):
        assert EXPECTED in message
        assert "add its new layout to loader/file_registry.py" in message


def test_a_renamed_column_is_missing_under_one_name_and_unexpected_under_the_other() -> None:
    layout = tuple("Updated" if heading == "Date" else heading for heading in SKILLS.layouts[0])

    assert told(header(layout)).startswith(
        "Skills.txt: missing column 'Date' and unexpected column 'Updated';"
    )


def test_a_column_that_comes_twice_is_unexpected() -> None:
    assert told(header((*SKILLS.layouts[0], "Date"))).startswith(
        "Skills.txt: unexpected column 'Date';"
    )


@pytest.mark.parametrize("spoiled", [" Date", "date", "Date "])
def test_a_heading_is_taken_letter_by_letter(spoiled: str) -> None:
    layout = tuple(spoiled if heading == "Date" else heading for heading in SKILLS.layouts[0])

    assert f"unexpected column {spoiled!r}" in told(header(layout))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\r", "starts with an empty line"),
        (codecs.BOM_UTF8 + header(SKILLS.layouts[0]), "starts with a byte order mark"),
        ("\t".join(SKILLS.layouts[0]).encode("utf-16"), "is UTF-16, not UTF-8"),
        ("\t".join(SKILLS.layouts[0]).encode("utf-16-be"), "is UTF-16, not UTF-8"),
        (b"PK\x03\x04\xff", "missing columns"),
    ],
    ids=[
        "empty",
        "empty line",
        "byte order mark",
        "UTF-16 with a mark",
        "UTF-16 without",
        "no text at all",
    ],
)
def test_what_is_no_header_is_told_for_what_it_is(content: bytes, message: str) -> None:
    found = told(content)

    assert found.startswith("Skills.txt: ")
    assert message in found


def test_the_header_of_a_file_without_rows_or_a_final_newline_is_read() -> None:
    for content in (header(SKILLS.layouts[0]), header(SKILLS.layouts[0]) + b"\r\n"):
        reader = FileReader(SKILLS, io.BytesIO(content))
        assert [(list(block.line_numbers), list(block.rejects)) for block in reader.blocks()] == [
            ([], [])
        ]
        assert reader.bytes == len(content)


@pytest.fixture
def sample(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return sample_copy(tmp_path_factory.mktemp("release") / "db_99_1_text")


def test_a_wrong_header_fails_the_load_and_raw_stays(warehouse: Warehouse, sample: Release) -> None:
    land_here(warehouse, "sample", None)
    before = warehouse.raw("select * from {raw}.skills order by line_number")
    lines = sample.lines("Skills.txt")
    sample.write("Skills.txt", [[*line, "x"] for line in lines])

    with pytest.raises(LoaderError, match="unexpected column 'x'"):
        land_here(warehouse, sample.folder)

    loads = warehouse.raw("select load_id, state, error from {raw}.raw_load order by load_id")
    assert [load[:2] for load in loads] == [(1, "complete"), (2, "failed")]
    assert loads[1][2].startswith("Skills.txt: unexpected column 'x'")
    assert warehouse.raw("select * from {raw}.skills order by line_number") == before
    assert warehouse.raw("select count(*) from {raw}.occupation_data where load_id = 2") == [(0,)]


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
@pytest.mark.parametrize(
    "way", [way for ways in REQUIRED for way in ways[:1]], ids=lambda way: next(iter(way))
)
def test_a_release_without_a_required_file_is_refused_before_anything_is_written(
    warehouse: Warehouse, sample: Release, way: frozenset[str]
) -> None:
    (name,) = way
    (sample.folder / name).unlink()

    with pytest.raises(
        LoaderError,
        match=rf"{re.escape(name)}.* is not in this release; without it there is no gap",
    ):
        land_here(warehouse, sample.folder)

    assert warehouse.raw("show tables") == []


def test_an_optional_file_that_is_absent_is_recorded_as_absent(
    warehouse: Warehouse, sample: Release
) -> None:
    (sample.folder / "Knowledge.txt").unlink()

    land_here(warehouse, sample.folder)

    assert warehouse.raw("select * from {raw}.raw_load_file where file_name = 'Knowledge.txt'") == [
        (1, "Knowledge.txt", "knowledge", "absent", None, None, 0, 0, 0, None)
    ]
    assert warehouse.raw("select count(*) from {raw}.knowledge") == [(0,)]
    (count,) = warehouse.raw("select count(*) from {raw}.raw_load_file")[0]
    assert count == len(FILES)


def test_the_layout_of_30_3_lands_in_the_same_table_with_the_same_rows(
    warehouse: Warehouse, sample: Release
) -> None:
    published = (
        "onetsoc_code, element_id, element_name, scale_id, data_value, n, standard_error,"
        " not_relevant, date_updated, domain_source"
    )
    rows = (
        f"select {published} from {{raw}}.skills where load_id = %d order by onetsoc_code,"
        " element_id, scale_id"
    )
    land_here(warehouse, sample.folder)
    heading, *lines = sample.lines("Skills.txt")
    place = heading.index("Element ID")
    halves = {"Essential Skills.txt": "2.A.", "Transferable Skills.txt": "2.B."}
    for name, elements in halves.items():
        sample.write(name, [heading, *(line for line in lines if line[place].startswith(elements))])
    (sample.folder / "Skills.txt").unlink()

    land_here(warehouse, sample.folder)

    assert warehouse.raw(rows % 2) == warehouse.raw(rows % 1)
    assert warehouse.raw("select count(*) from {raw}.skills where load_id = 2") == [(len(lines),)]
    for name, elements in halves.items():
        found = warehouse.raw(
            "select min(element_id), max(element_id), min(line_number) from {raw}.skills where"
            f" file_name = '{name}'"
        )
        assert [str(value)[:4] for value in found[0]] == [elements, elements, "2"]
    states = (
        "select file_name, state from {raw}.raw_load_file where load_id = 2 and table_name ="
        " 'skills' order by file_name"
    )
    assert warehouse.raw(states) == [
        ("Essential Skills.txt", "landed"),
        ("Skills.txt", "absent"),
        ("Transferable Skills.txt", "landed"),
    ]


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_half_of_the_layout_of_30_3_is_not_enough(warehouse: Warehouse, sample: Release) -> None:
    (sample.folder / "Skills.txt").rename(sample.folder / "Essential Skills.txt")

    with pytest.raises(
        LoaderError,
        match=(
            r"Skills.txt or Essential Skills.txt and Transferable Skills.txt is not in this release"
        ),
    ):
        land_here(warehouse, sample.folder)


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_check_tells_every_difference_at_once_and_writes_nothing(
    warehouse: Warehouse, sample: Release
) -> None:
    lines = sample.lines("Knowledge.txt")
    sample.write("Knowledge.txt", [lines[0][1:], *lines[1:]])
    (sample.folder / "Scales Reference.txt").unlink()
    (sample.folder / "Moods.txt").write_text("Mood\n")

    printed = warehouse.run(
        "loader", "loader", "check", str(sample.folder), "--release", NUMBER, code=1
    )

    assert "Knowledge.txt: missing column 'O*NET-SOC Code'" in printed
    assert "Scales Reference.txt is not in this release" in printed
    assert (
        "Moods.txt: not in the registry and left out; if it is wanted, add a row to"
        " loader/file_registry.py" in printed
    )
    assert not warehouse.dir.exists()

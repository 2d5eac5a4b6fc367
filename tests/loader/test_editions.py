"""What a person has in hand in the place of the text edition: each is told what it is and what is
wanted."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from loader.errors import LoaderError
from loader.release import open_release
from loader.settings import Settings
from tests.support.landing import land_here
from tests.support.release_files import Release, sample_copy
from tests.support.warehouse import Warehouse

EDITIONS = [
    ("Skills.xlsx", "the Excel"),
    ("11_skills.sql", "a database"),
    ("Skills.csv", "the CSV"),
]


@pytest.fixture
def sample(tmp_path: Path) -> Release:
    return sample_copy(tmp_path / "db_99_1_text")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(warehouse_dir=tmp_path / "warehouse")


def _refusal(settings: Settings, source: Path) -> str:
    with pytest.raises(LoaderError) as refused, open_release(settings, str(source)):
        pass
    return str(refused.value)


@pytest.mark.parametrize(("name", "edition"), EDITIONS)
def test_another_edition_is_named_as_zip_and_as_folder(
    settings: Settings, tmp_path: Path, name: str, edition: str
) -> None:
    folder = tmp_path / "db_30_3"
    folder.mkdir()
    (folder / name).write_text("x")
    (folder / "Read Me.txt").write_text("O*NET 30.3 Database")
    archive = tmp_path / "db_30_3.zip"
    with zipfile.ZipFile(archive, "w") as written:
        for each in folder.iterdir():
            written.write(each, f"db_30_3/{each.name}")
    for source in (folder, archive):
        told = _refusal(settings, source)
        assert f"{source}: this is {edition} edition" in told
        assert "db_30_3_text.zip" in told
    assert f"{name}: one file of {edition} edition" in _refusal(settings, folder / name)


def test_one_file_of_a_release_is_not_a_release(settings: Settings, sample: Release) -> None:
    told = _refusal(settings, sample.folder / "Job Zones.txt")
    assert "Job Zones.txt: one file of a release; name the folder or the zip" in told


def test_a_folder_around_a_release_is_told_what_to_name(
    settings: Settings, sample: Release, tmp_path: Path
) -> None:
    around = tmp_path / "around"
    around.mkdir()
    sample.folder.rename(around / "db_30_3_text")
    assert _refusal(settings, around).endswith("name what it holds: db_30_3_text")
    (around / "db_29_2_text.zip").write_bytes(b"")
    assert _refusal(settings, around).endswith(": db_29_2_text.zip, db_30_3_text")


def _entitle(release: Release, title: str) -> None:
    lines = release.lines("Occupation Data.txt")
    lines[2][1] = title
    release.write("Occupation Data.txt", lines)


@pytest.mark.parametrize("title", ['"Sales Managers, All Other"', '"Makers of ""fine"" hats"'])
def test_a_file_saved_by_a_spreadsheet_is_refused_and_what_was_landed_stays(
    warehouse: Warehouse, sample: Release, title: str
) -> None:
    land_here(warehouse, sample.folder)
    landed = warehouse.raw("select * from {raw}.occupation_data order by line_number")
    _entitle(sample, title)
    with pytest.raises(LoaderError, match=r"^Occupation Data\.txt, line 3: .* is in quotes, as a"):
        land_here(warehouse, sample.folder)
    assert warehouse.raw("select * from {raw}.occupation_data order by line_number") == landed


@pytest.mark.parametrize(
    "title", ['"Bull" Rider, Rodeo', 'The "Boss"', '"Boss"', '5" Fitter, 6" Fitter']
)
def test_quotes_that_are_part_of_a_title_are_landed(
    warehouse: Warehouse, sample: Release, title: str
) -> None:
    _entitle(sample, title)
    land_here(warehouse, sample.folder)
    assert warehouse.raw("select title from {raw}.occupation_data where line_number = 3") == [
        (title,)
    ]

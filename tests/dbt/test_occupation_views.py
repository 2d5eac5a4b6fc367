"""Technologies, titles, levels in words and the sections of an occupation against what pandas makes
of the raw files, set against set."""

from __future__ import annotations

import csv
import zipfile
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from api.occupation_search import build_search_statement
from loader.file_registry import FILES, NOT_DATA
from loader.reader import match_header
from tests.support.live_warehouse import Asked
from tests.support.release_files import sample_copy
from tests.support.search_oracle import Oracle
from tests.support.warehouse import ROOT, Warehouse

CODE = "O*NET-SOC Code"


@pytest.fixture
def read(releases: Path) -> Callable[[str], pd.DataFrame]:
    """A file of 29.2, all text."""

    def table(name: str) -> pd.DataFrame:
        with (
            zipfile.ZipFile(releases / "db_29_2_text.zip") as archive,
            archive.open(f"db_29_2_text/{name}.txt") as file,
        ):
            return pd.read_csv(
                file, sep="\t", quoting=csv.QUOTE_NONE, dtype=str, keep_default_na=False
            )

    return table


def test_technology_gaps_of_every_target(
    published: Callable[[str], Warehouse], read: Callable[[str], pd.DataFrame]
) -> None:
    """Ten sources to all targets, every row; and all flags of one pair."""
    table = read("Technology Skills")
    uses = {str(code): set(names) for code, names in table.groupby(CODE)["Example"]}
    sources = sorted(uses)[::93]
    assert len(sources) == 10
    expected = {
        (source, target, name)
        for source in sources
        for target, names in uses.items()
        for name in names - uses[source]
    }
    codes = ", ".join(f"'{code}'" for code in sources)
    rows = published("29.2").query(
        "select from_occupation_code, to_occupation_code, technology_name from"
        f" {{live}}.technology_gap where from_occupation_code in ({codes})"
    )
    assert len(rows) == len(expected) > 100_000
    assert set(rows) == expected

    unspsc = read("UNSPSC Reference").set_index("Commodity Code")
    wanted = table[(table[CODE] == "15-1251.00") & ~table["Example"].isin(uses["11-1011.00"])]
    flagged = {
        (
            row["Example"],
            int(row["Hot Technology"] == "Y"),
            int(row["In Demand"] == "Y"),
            row["Commodity Title"],
            unspsc.loc[row["Commodity Code"], "Class Code"],
            unspsc.loc[row["Commodity Code"], "Class Title"],
        )
        for _, row in wanted.iterrows()
    }
    columns = (
        "technology_name, is_hot_technology, is_in_demand, commodity_title, class_code, class_title"
    )
    pair = "from_occupation_code = '11-1011.00' and to_occupation_code = '15-1251.00'"
    assert (
        set(published("29.2").query(f"select {columns} from {{live}}.technology_gap where {pair}"))
        == flagged
    )


@pytest.mark.release
def test_the_unlisted_source_is_no_empty_set(published: Callable[[str], Warehouse]) -> None:
    assert published("29.2").query(
        "select count(*) from {live}.technology_gap where from_occupation_code = '11-9199.00'"
    ) == [(0,)]


def test_levels_are_told_by_the_nearest_anchor(
    published: Callable[[str], Warehouse], read: Callable[[str], pd.DataFrame]
) -> None:
    """Every level of every occupation: nearest by distance, the lower at a tie, none at 0; and one
    pair of the gap, both sides."""
    anchors: dict[str, dict[int, str]] = {}
    for _, row in read("Level Scale Anchors").iterrows():
        anchors.setdefault(row["Element ID"], {})[int(row["Anchor Value"])] = row[
            "Anchor Description"
        ]

    def nearest(element: str, level: Decimal) -> tuple[int | None, str | None]:
        if level == 0:
            return None, None
        value = min(anchors[element], key=lambda each: (abs(each - level), each))
        return value, anchors[element][value]

    rows = published("29.2").query(
        "select element_id, level, anchor_level, anchor from {live}.occupation_rating"
    )
    levels = [table[table["Scale ID"] == "LV"] for table in (read("Skills"), read("Knowledge"))]
    assert len(rows) == sum(map(len, levels))
    wrong = [row for row in rows if nearest(row[0], row[1]) != row[2:]]
    assert not wrong, wrong[:3]
    pair = "from_occupation_code = '11-1011.00' and to_occupation_code = '11-3013.00'"
    gaps = published("29.2").query(
        "select element_id, from_level, to_level, from_anchor_level, from_anchor, to_anchor_level,"
        f" to_anchor from {{live}}.skill_gap where {pair}"
    )
    assert gaps
    for element, source, target, *words in gaps:
        assert tuple(words) == nearest(element, source) + nearest(element, target)


def test_groups_are_the_parents_names(
    published: Callable[[str], Warehouse], read: Callable[[str], pd.DataFrame]
) -> None:
    names = read("Content Model Reference").set_index("Element ID")["Element Name"].to_dict()
    rows = published("29.2").query("select element_id, group_name from {core}.dim_element")
    assert len(rows) == len(names)
    assert all(group == names.get(element.rpartition(".")[0]) for element, group in rows)


def test_every_occupation_is_whole(
    published: Callable[[str], Warehouse], read: Callable[[str], pd.DataFrame]
) -> None:
    """Rows per occupation of each section are those of its file; texts and figures of one column
    each are the file's."""
    warehouse = published("29.2")

    def sections(view: str, column: str) -> Counter[tuple[str, str]]:
        rows = warehouse.query(f"select occupation_code, {column} from {{live}}.{view}")
        return Counter((code, str(value)) for code, value in rows)

    def of_file(table: pd.DataFrame, column: str) -> Counter[tuple[str, str]]:
        return Counter(zip(table[CODE], table[column], strict=True))

    assert sections("occupation_task", "task") == of_file(read("Task Statements"), "Task")
    assert sections("related_occupation", "related_occupation_code") == of_file(
        read("Related Occupations"), "Related O*NET-SOC Code"
    )
    assert sections("occupation_technology", "technology_name") == of_file(
        read("Technology Skills"), "Example"
    )
    education = read("Education, Training, and Experience")
    education = education[education["Scale ID"] == "RL"]
    assert sections("occupation_education", "percent") == of_file(education, "Data Value")
    scores = pd.concat([read("Interests"), read("Work Values"), read("Work Styles")])
    assert sections("occupation_characteristic", "value") == of_file(
        scores[scores["Scale ID"].isin(["OI", "EX", "IM"])], "Data Value"
    )

    figures = education.assign(
        percent=education["Data Value"].astype(float), level=education["Category"].astype(int)
    )
    typical = (
        figures.sort_values(["percent", "level"], ascending=[False, True])
        .groupby(CODE)
        .first()["level"]
        .to_dict()
    )
    assert (
        dict(
            warehouse.query(
                "select occupation_code, education_level from {live}.occupation_education where"
                " is_typical = 1"
            )
        )
        == typical
    )


def called(read: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """code, title, kind (1 own, 2 reported, 3 alternate) of all titles, short forms included."""
    alternate = read("Alternate Titles")
    pieces = [
        (read("Occupation Data"), "Title", 1),
        (read("Sample of Reported Titles"), "Reported Job Title", 2),
        (alternate, "Alternate Title", 3),
        (alternate[alternate["Short Title"] != "n/a"], "Short Title", 3),
    ]
    return pd.concat(
        [
            pd.DataFrame({"code": table[CODE], "title": table[column], "kind": kind})
            for table, column, kind in pieces
        ]
    )


def test_titles_are_all_there_once(
    published: Callable[[str], Warehouse], read: Callable[[str], pd.DataFrame]
) -> None:
    titles = called(read)
    expected = (
        titles.assign(low=titles["title"].str.lower())
        .groupby(["code", "low"])["kind"]
        .min()
        .to_dict()
    )
    rows = published("29.2").query(
        "select occupation_code, normalized_title, kind_order from {live}.occupation_title"
    )
    assert {(code, title): kind for code, title, kind in rows} == expected
    assert len(rows) == len(expected)


SOUGHT = (
    "nurses",
    "Software Enginer",
    "facilites manager",
    "c#",
    "cop",
    "lorry driver",
    "manag",
    "a",
    "x",
    "sysadmin",
    "zzz",
    "%",
)


def test_search_ranks_as_an_oracle_does(
    published: Callable[[str], Warehouse], read: Callable[[str], pd.DataFrame]
) -> None:
    warehouse = published("29.2")
    titles = called(read)
    kinds = (
        titles.assign(low=titles["title"].str.lower())
        .groupby(["code", "low"], as_index=False)["kind"]
        .min()
    )
    names = [
        (str(code), str(title), int(kind)) for code, title, kind in kinds.itertuples(index=False)
    ]
    technologies = read("Technology Skills")
    names += [
        (code, name, 4)
        for code, name in technologies.loc[
            technologies["In Demand"] == "Y", [CODE, "Example"]
        ].itertuples(index=False)
    ]
    with (ROOT / "dbt_onet" / "seeds" / "everyday_word.csv").open(newline="") as file:
        everyday = [(said, meant) for said, meant in list(csv.reader(file))[1:]]
    priority = dict(
        warehouse.query("select occupation_code, search_priority from {live}.occupation")
    )
    oracle = Oracle(names, everyday, priority)
    settings = {
        name.lower(): value
        for name, value in warehouse.environment("api").items()
        if name.startswith("WAREHOUSE_")
    }
    with Asked(settings) as asked:
        for sought in SOUGHT:
            statement, parameters = build_search_statement(sought)
            rows = asked.fetch(statement, parameters | {"limit": 200, "offset": 0})
            expected = oracle.search(sought)
            assert rows[0][3] == len(expected), sought
            assert [row[4] for row in rows if row[4] is not None] == expected[:200], sought


@pytest.mark.parametrize("release", ["sample", pytest.param("29.2", marks=pytest.mark.release)])
def test_engines_agree_on_every_row(
    on_both_engines: Callable[[str], tuple[Warehouse, Warehouse]], release: str
) -> None:
    both = on_both_engines(release)
    orders = {
        "occupation_rating": "occupation_code, element_id",
        "occupation_characteristic": "occupation_code, element_id, scale_id",
        "occupation_education": "occupation_code, education_level",
        "occupation_task": "task_id",
        "occupation_technology": "occupation_code, hex(technology_name)",
        "occupation_title": "occupation_code, hex(normalized_title)",
        "related_occupation": "occupation_code, related_occupation_code",
    }
    for view, order in orders.items():
        duckdb_rows, mysql_rows = (
            warehouse.query(f"select * from {{live}}.{view} order by {order}") for warehouse in both
        )
        assert duckdb_rows, view
        assert duckdb_rows == mysql_rows, view


def test_a_release_that_lacks_everything_optional_is_published_all_the_same(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """And in the layout of 30.3: skills in two files, software filed under elements of the content
    model."""
    release = sample_copy(tmp_path / "release")
    needed = {
        "Content Model Reference",
        "Occupation Data",
        "Scales Reference",
        "Skills",
        "Job Zones",
        "Technology Skills",
    }
    for file in release.folder.glob("*.txt"):
        if file.stem not in needed:
            file.unlink()
    header, *skills = release.lines("Skills.txt")
    release.write(
        "Essential Skills.txt", [header, *(row for row in skills if row[1].startswith("2.A"))]
    )
    release.write(
        "Transferable Skills.txt", [header, *(row for row in skills if row[1].startswith("2.B"))]
    )
    _, *uses = release.lines("Technology Skills.txt")
    software = [[row[0], row[1], "2.E.7.z", "Invented software", row[4], row[5]] for row in uses]
    outline = [
        ["2.E", "Software Skills", ""],
        ["2.E.7", "Development software", "n/a"],
        ["2.E.7.z", "Invented software", ""],
    ]
    release.write(
        "Content Model Reference.txt", [*release.lines("Content Model Reference.txt"), *outline]
    )
    heading = [
        "O*NET-SOC Code",
        "Workplace Example",
        "Element ID",
        "Element Name",
        "Hot Technology",
        "In Demand",
    ]
    release.write("Software Skills.txt", [heading, *software])
    for name in ("Skills.txt", "Technology Skills.txt"):
        (release.folder / name).unlink()
    warehouse.land(release.folder, "--release", "99.1")
    warehouse.build()
    assert warehouse.query("select count(*) from {core}.fct_rating") == [(len(skills),)]
    gaps = warehouse.query(
        "select technology_name, category_code, category_name, category_group_name,"
        " commodity_title, class_title from {live}.technology_gap where from_occupation_code ="
        " '11-1011.00' and to_occupation_code = '15-1251.00' order by 1"
    )
    software_of = (
        "2.E.7.z",
        "Invented software",
        "Development software",
        "Invented software",
        "Development software",
    )
    assert gaps == [(name, *software_of) for name in ("C", "C#", "Python")]
    assert warehouse.query(
        "select domain, count(*), count(description) from {core}.dim_element where element_id like"
        " '2.E%' group by 1"
    ) == [("software_skills", 3, 0)]
    assert warehouse.query("select count(*) from {live}.occupation_title") == [(13,)]
    for view in (
        "occupation_task",
        "occupation_education",
        "occupation_characteristic",
        "related_occupation",
    ):
        assert warehouse.query(f"select count(*) from {{live}}.{view}") == [(0,)], view


@pytest.mark.parametrize("number", ["27_0", "29_2", "30_1", "30_3"])
def test_every_file_of_a_release_is_in_the_registry_with_its_layout(
    releases: Path, number: str
) -> None:
    registry = {file.name: file for file in FILES}
    with zipfile.ZipFile(releases / f"db_{number}_text.zip") as archive:
        names = [
            name
            for name in archive.namelist()
            if name.endswith(".txt") and Path(name).name not in NOT_DATA
        ]
        assert len(names) > 25
        for name in names:
            with archive.open(name) as file:
                match_header(registry[Path(name).name], file.readline().removesuffix(b"\n"))

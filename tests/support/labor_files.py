"""Hand-made labour-market files in the official layouts, for occupations of the bundled sample.
Every figure is invented.

The vintages are of no real file, so that no known row count or fact applies.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from loader.labor.file_registry import DATASETS, Dataset

Cell = str | float | int | None
Row = Sequence[Cell]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats"
_MADE = f"{_KIND}-officedocument.spreadsheetml"


def dataset(name: str) -> Dataset:
    return next(each for each in DATASETS if each.name == name)


def _column(index: int) -> str:
    return (chr(64 + index // 26) if index >= 26 else "") + chr(65 + index % 26)


def _cell(place: str, value: Cell) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return (
            f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        )
    return f'<c r="{place}"><v>{value}</v></c>'


def _sheet(rows: Sequence[Row]) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = (_cell(f"{_column(index)}{number}", value) for index, value in enumerate(row))
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def workbook(sheets: Mapping[str, Sequence[Row]]) -> bytes:
    """An .xlsx file with these sheets: the least that a spreadsheet program opens."""
    numbered = list(enumerate(sheets, 1))
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}"/>'
        for number, name in numbered
    )
    related = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/worksheet"'
        f' Target="worksheets/s{number}.xml"/>'
        for number, _ in numbered
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/s{number}.xml" ContentType="{_MADE}.worksheet+xml"/>'
        for number, _ in numbered
    )
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
            f' ContentType="{_KIND}-package.relationships+xml"/><Override'
            f' PartName="/xl/workbook.xml" ContentType="{_MADE}.sheet.main+xml"/>{types}</Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="w"'
            f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>'
        ),
    }
    parts |= {f"xl/worksheets/s{number}.xml": _sheet(sheets[name]) for number, name in numbered}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            # without the time of day: the same bytes each time
            archive.writestr(zipfile.ZipInfo(name), text)
    return packed.getvalue()


def wage(
    code: str, title: str, group: str, jobs: Cell, annual: Sequence[Cell], hourly: Sequence[Cell]
) -> Row:
    """A row of the national estimates. Of annual and hourly wages: mean, then the percentiles 10,
    25, 50, 75, 90."""
    area = ("99", "U.S.", "1", "US", "000000", "Cross-industry", "cross-industry", "1235")
    counts = (jobs, 1.5, None, None, None, None)
    return (
        *area,
        code,
        title,
        group,
        *counts,
        hourly[0],
        annual[0],
        0.5,
        *hourly[1:],
        *annual[1:],
        None,
        None,
    )


NONE = ("*",) * 6
NOTES = [["#  = indicates a wage equal to or greater than $115.00 per hour or $239,200 per year "]]


def figures(median: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Invented annual and hourly wages around a median."""
    annual = (median + 1000, median - 20000, median - 10000, median, median + 10000, median + 20000)
    return annual, tuple(round(each / 2080, 2) for each in annual)


def wages(year: int, nurse: int = 90000, chief: Sequence[Cell] | None = None) -> bytes:
    """National estimates of one May. Repair workers (49-9071) are in a group with others; welders
    are paid by the hour."""
    top = chief or (260000, 80000, 130000, 210000, "#", "#")
    rows = [
        wage("00-0000", "All Occupations", "total", 9000, *figures(50000)),
        wage("11-1010", "Chief Executives", "broad", 300, top, NONE),
        wage("11-1011", "Chief Executives", "detailed", 300, top, NONE),
        wage("11-3013", "Facilities Managers", "detailed", 700, *figures(100000)),
        wage("15-1251", "Computer Programmers", "detailed", 600, *figures(98000)),
        wage("15-1252", "Software Developers", "detailed", 5000, *figures(130000)),
        wage("29-1141", "Registered Nurses", "detailed", 900, *figures(nurse)),
        wage("29-1171", "Nurse Practitioners", "detailed", 400, ("#",) * 6, ("#",) * 6),
        wage("49-9070", "Maintenance Workers", "detailed", 800, *figures(48000)),
        wage("51-4121", "Welders", "detailed", 200, NONE, (25.5, 18, 20, 24.25, 28, 33)),
    ]
    header = list(dataset("oews_national").headings)
    return workbook({f"national_M{year}_dl": [header, *rows], "Field Descriptions": NOTES})


def line(
    title: str, code: str, kind: str, jobs: tuple[float, float], openings: float, *words: str
) -> Row:
    """A row of the projections: jobs now and then, and openings, in thousands."""
    now, then = jobs
    change = round(then - now, 1)
    percent = round(100 * change / now, 1)
    return (
        title,
        code,
        kind,
        now,
        then,
        1,
        1,
        change,
        percent,
        "—",
        openings,
        50000,
        *(words or ("—",) * 3),
        "—",
    )


def projections(base: int = 2098, span: int = 10) -> bytes:
    until = base + span
    years = {"YYYY–YY": f"{base}–{until % 100:02d}", "YYYY": str(base)}  # noqa: RUF001
    header = [_dated(heading, years) for heading in dataset("employment_projections").headings]
    header[4] = header[4].replace(str(base), str(until))
    header[6] = header[6].replace(str(base), str(until))
    degree = ("Bachelor's degree", "None", "None")
    rows = [
        line("Total, all occupations", "00-0000", "Summary", (9000.0, 9500.0), 900.0),
        line(
            "      Chief executives",
            "11-1011",
            "Line item",
            (3.0, 3.3),
            0.2,
            "Bachelor's degree",
            "5 years or more",
            "None",
        ),
        line("      Registered nurses", "29-1141", "Line item", (1200.5, 1260.5), 70.1, *degree),
        line(
            "      Nurse practitioners",
            "29-1171",
            "Line item",
            (300.0, 420.0),
            29.5,
            "Master's degree",
            "None",
            "None",
        ),
        line(
            "      Maintenance workers",
            "49-9070",
            "Line item",
            (900.0, 890.0),
            80.0,
            "High school diploma or equivalent",
            "None",
            "None",
        ),
    ]
    return workbook(
        {
            "Table 1.1": [["other"]],
            "Table 1.2": [["Table 1.2 (Employment in thousands)"], header, *rows, ["Footnotes:"]],
        }
    )


def _dated(heading: str, years: Mapping[str, str]) -> str:
    for pattern, year in years.items():
        heading = heading.replace(pattern, year)
    return heading


def matrix() -> bytes:
    """BLS's crosswalk to the National Employment Matrix."""
    pairs = {
        "11-1011.00": "11-1011",
        "11-1011.03": "11-1011",
        "29-1141.00": "29-1141",
        "29-1171.00": "29-1171",
        "49-9071.00": "49-9070",
    }
    rows = [
        (n, code, "T", nem, "T", "—", "—", "—", "—", "—")
        for n, (code, nem) in enumerate(pairs.items(), 1)
    ]
    return workbook(
        {
            "crosswalk": [
                ["BLS"],
                ["As of 1/2/2099"],
                [],
                list(dataset("nem_to_onet2019").headings),
                *rows,
            ]
        }
    )


def pairs(
    name: str, rows: Sequence[Row], above: Sequence[Row] = (), below: Sequence[Row] = ()
) -> bytes:
    """A crosswalk as a workbook."""
    return workbook({"sheet": [*above, list(dataset(name).headings), *rows, *below]})


def pairs_csv(name: str, rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([dataset(name).headings, *rows])
    return text.getvalue().encode()


SOC = {
    "11-1011.00": "11-1011",
    "11-1011.03": "11-1011",
    "11-3013.00": "11-3013",
    "15-1251.00": "15-1251",
    "15-1252.00": "15-1252",
    "29-1141.00": "29-1141",
    "29-1171.00": "29-1171",
}


def labor_files() -> dict[str, bytes]:
    """File name → bytes: two vintages of wages, projections and every kind of crosswalk but ISCO's,
    which has a format of its own."""
    esco = [
        ("0110.1", "boss", "11-1011.00", "Chief Executives"),
        ("0110.10", "nurse", "29-1141.00", "Registered Nurses"),
    ]
    esco += [("2512.4", "software person", code, "T") for code in ("15-1251.00", "15-1252.00")]
    note = [
        (None, None, None, None),
        (None, "This publication uses the ESCO classification. ESCO v9.9.9 used.", None, None),
    ]
    return {
        "national_M2098_dl.xlsx": wages(
            2098, nurse=88000, chief=("#", 80000, 130000, "#", "#", "#")
        ),
        "national_M2099_dl.xlsx": wages(2099),
        "occupation.xlsx": projections(),
        "nem-onet-to-soc-crosswalk.xlsx": matrix(),
        "2019_to_SOC_Crosswalk.csv": pairs_csv(
            "onet2019_to_soc2018", [(code, "T", soc, f"SOC {soc}") for code, soc in SOC.items()]
        ),
        "2010_to_2019_Crosswalk.csv": pairs_csv(
            "onet2010_to_onet2019", [("15-1132.00", "Old", "15-1252.00", "New")]
        ),
        "ESCO_to_ONET-SOC.xlsx": pairs("esco_to_onet2019", esco, [["O*NET"], []], note),
        "Education_CIP_to_ONET_SOC.xlsx": pairs(
            "cip2020_to_onet2019",
            [
                ("51.3801", "Nursing", "29-1141.00", "T"),
                ("51.3899", "Nursing, Other", "29-1171.00", "T"),
            ],
        ),
        "soc_2010_to_2018_crosswalk.xlsx": pairs(
            "soc2010_to_soc2018",
            [("15-1132", "Developers, Applications", "15-1252", "T")],
            [["November 2097"]],
        ),
        "isco.xlsx": pairs(
            "isco08_to_soc2010",
            [("2512", "Software developers", "*", "15-1132 ", "T", None)],
            [["August 2096 (Updated June 2097)"]],
        ),
    }


def write_labor_files(folder: Path, files: Mapping[str, bytes] | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in (files or labor_files()).items():
        (folder / name).write_bytes(data)
    return folder

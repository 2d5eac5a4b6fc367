"""The registry: which labour-market file lands in which raw table, known by its headings.

The one place to edit when BLS or O*NET changes a layout. File names do not count: they change
hands (`occupation.xlsx` is called the same every year).
"""

# ruff: noqa: RUF001
# BLS writes spans of years with an en dash

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from loader.errors import LoaderError
from loader.labor.tables import (
    LABOR_CROSSWALK,
    LABOR_NEM,
    LABOR_PROJECTION,
    LABOR_WAGE,
)
from loader.table_types import SideTable

BLS = "https://www.bls.gov"
ONET = "https://www.onetcenter.org"


@dataclass(frozen=True)
class Found:
    """What of a sheet tells its vintage."""

    sheet_name: str
    headings: Sequence[str]
    before: str
    """All text above the header and below the last row."""
    other_sheets: str
    """All text of the first column of the workbook's other sheets."""


@dataclass(frozen=True)
class Vintage:
    """Which edition a file is: one that sorts, and one to be shown."""

    key: str
    name: str


@dataclass(frozen=True)
class Dataset:
    """One kind of file."""

    name: str
    title: str
    table: SideTable
    headings: tuple[str, ...]
    """In order. `YYYY` and `YYYY–YY` stand for any year and span of years."""
    columns: tuple[str, ...]
    """Of the raw table, in the order of the headings."""
    codes: tuple[str, ...]
    """Columns that hold codes, which are text: a number or a date there has been through a
    spreadsheet program, and may have lost digits. A row without any of them is a note."""
    vintage: Callable[[Found], Vintage]
    official_address: str
    sheet: str = ".*"


def as_pattern(heading: str) -> str:
    """The heading with its years as `YYYY`."""
    return re.sub(r"\b\d{4}(–\d{2})?\b", lambda year: "YYYY–YY" if year[1] else "YYYY", heading)


def _missing(what: str) -> LoaderError:
    return LoaderError(f"the file does not say its vintage: {what}")


def _wage_vintage(found: Found) -> Vintage:
    year = re.fullmatch(r"national_M(\d{4})_dl", found.sheet_name)
    if not year:
        raise _missing("expected a sheet called national_MYYYY_dl")
    return Vintage(f"{year[1]}-05", f"May {year[1]}")


def _projection_vintage(found: Found) -> Vintage:
    base, projected = (re.findall(r"\d{4}", found.headings[place])[0] for place in (3, 4))
    span = f"{base}-{projected[2:]}"
    years = {
        year.replace("–", "-")
        for each in found.headings
        for year in re.findall(r"\d{4}–\d\d", each)
    }
    if years != {span} or projected <= base:
        raise LoaderError(
            f"headings name different years: employment {base} and {projected}, and spans"
            f" {', '.join(sorted(years))}"
        )
    return Vintage(span, span.replace("-", "–"))


def _as_of(found: Found) -> Vintage:
    date = re.search(r"As of (\d{1,2}/\d{1,2}/\d{4})", found.before)
    if not date:
        raise _missing("expected `As of M/D/YYYY` above the header")
    day = datetime.strptime(date[1], "%m/%d/%Y").date()  # noqa: DTZ007 - a date has no zone
    return Vintage(day.isoformat(), day.isoformat())


def _last_month(found: Found) -> Vintage:
    named = re.findall(r"\b([A-Z][a-z]+ \d{4})\b", found.before)
    months = []
    for text in named:
        try:
            months.append(datetime.strptime(text, "%B %Y"))  # noqa: DTZ007
        except ValueError:
            continue
    if not months:
        raise _missing("expected a month and a year above the header")
    return Vintage(f"{max(months):%Y-%m}", f"{max(months):%B %Y}")


def _esco(found: Found) -> Vintage:
    version = re.search(r"ESCO v(\d+(?:\.\d+)*) used", found.before)
    if not version:
        raise _missing("expected `ESCO vN.N.N used` below the last row")
    parts = (f"{int(part):02d}" for part in version[1].split("."))
    return Vintage(".".join(parts), f"ESCO v{version[1]}")


def _fixed(key: str, name: str) -> Callable[[Found], Vintage]:
    return lambda _: Vintage(key, name)


_PAIR = ("from_code", "from_title", "to_code", "to_title")


def _crosswalk(
    name: str,
    title: str,
    headings: tuple[str, ...],
    vintage: Callable[[Found], Vintage],
    official_address: str,
) -> Dataset:
    # ISCO's has the mark of a part between the two sides.
    with_part = ("from_code", "from_title", "part", "to_code", "to_title", "comment")
    columns = _PAIR if len(headings) == len(_PAIR) else with_part
    codes = ("from_code", "to_code")
    return Dataset(
        name, title, LABOR_CROSSWALK, headings, columns, codes, vintage, official_address
    )


def _taxonomy(old: str, new: str) -> Dataset:
    sides = (f"O*NET-SOC {year} {part}" for year in (old, new) for part in ("Code", "Title"))
    return _crosswalk(
        f"onet{old}_to_onet{new}",
        f"O*NET-SOC {old} to O*NET-SOC {new}",
        tuple(sides),
        _fixed(new, f"O*NET-SOC {new}"),
        f"{ONET}/taxonomy/{new}/walk/{old}_to_{new}_Crosswalk.csv?fmt=csv",
    )


_ONET_2019 = ("O*NET-SOC 2019 Code", "O*NET-SOC 2019 Title")

WAGES = Dataset(
    "oews_national",
    "BLS Occupational Employment and Wage Statistics, national estimates",
    LABOR_WAGE,
    tuple(name.upper() for name in list(LABOR_WAGE.columns)[3:]),
    tuple(LABOR_WAGE.columns)[3:],
    ("occ_code",),
    _wage_vintage,
    f"{BLS}/oes/tables.htm",
    r"national_M\d{4}_dl",
)
PROJECTIONS = Dataset(
    "employment_projections",
    "BLS Employment Projections, Table 1.2",
    LABOR_PROJECTION,
    (
        "YYYY National Employment Matrix title",
        "YYYY National Employment Matrix code",
        "Occupation type",
        "Employment, YYYY",
        "Employment, YYYY",
        "Employment distribution, percent, YYYY",
        "Employment distribution, percent, YYYY",
        "Employment change, numeric, YYYY–YY",
        "Employment change, percent, YYYY–YY",
        "Percent self employed, YYYY",
        "Occupational openings, YYYY–YY annual average",
        "Median annual wage, dollars, YYYY[1]",
        "Typical education needed for entry",
        "Work experience in a related occupation",
        "Typical on-the-job training needed to attain competency in the occupation",
        "Related Occupational Outlook Handbook (OOH) content xlsx",
    ),
    tuple(LABOR_PROJECTION.columns)[3:],
    ("nem_code",),
    _projection_vintage,
    f"{BLS}/emp/ind-occ-matrix/occupation.xlsx",
    r"Table 1\.2",
)
DATASETS: tuple[Dataset, ...] = (
    WAGES,
    PROJECTIONS,
    Dataset(
        "nem_to_onet2019",
        "BLS O*NET-SOC to National Employment Matrix crosswalk",
        LABOR_NEM,
        (
            "Sort Order",
            "O*NET-SOC Code",
            "O*NET-SOC Title",
            "NEM Code",
            "National Employment Matrix Occupational Title",
            "OOH Profile Code",
            "OOH Profile Title",
            "OOH Occupation Group",
            "OOH Occupation Group (brief)",
            "OOH Profile Website",
        ),
        tuple(LABOR_NEM.columns)[3:],
        ("onetsoc_code", "nem_code"),
        _as_of,
        f"{BLS}/emp/classifications-crosswalks/nem-onet-to-soc-crosswalk.xlsx",
    ),
    _crosswalk(
        "onet2019_to_soc2018",
        "O*NET-SOC 2019 to SOC 2018",
        (*_ONET_2019, "2018 SOC Code", "2018 SOC Title"),
        _fixed("2019", "O*NET-SOC 2019"),
        f"{ONET}/taxonomy/2019/soc.html",
    ),
    _taxonomy("2010", "2019"),
    _taxonomy("2009", "2010"),
    _taxonomy("2006", "2009"),
    _taxonomy("2000", "2006"),
    _crosswalk(
        "cip2020_to_onet2019",
        "CIP 2020 to O*NET-SOC 2019",
        ("2020 CIP Code", "2020 CIP Title", *_ONET_2019),
        _fixed("2020", "CIP 2020"),
        f"{ONET}/crosswalks/cip/Education_CIP_to_ONET_SOC.xlsx",
    ),
    _crosswalk(
        "esco_to_onet2019",
        "ESCO to O*NET-SOC 2019",
        ("ESCO/ISCO Code", "ESCO/ISCO Title", *_ONET_2019),
        _esco,
        f"{ONET}/crosswalks/esco/ESCO_to_ONET-SOC.xlsx",
    ),
    _crosswalk(
        "soc2010_to_soc2018",
        "SOC 2010 to SOC 2018",
        ("2010 SOC Code", "2010 SOC Title", "2018 SOC Code", "2018 SOC Title"),
        _last_month,
        f"{BLS}/soc/2018/soc_2010_to_2018_crosswalk.xlsx",
    ),
    _crosswalk(
        "isco08_to_soc2010",
        "ISCO-08 to SOC 2010",
        (
            *("ISCO-08 Code", "ISCO-08 Title EN", "part"),
            *("2010 SOC Code", "2010 SOC Title", "Comment 8/17/11"),
        ),
        _last_month,
        f"{BLS}/soc/isco_soc_crosswalk.xls",
    ),
)
"""Every kind of file that is known."""

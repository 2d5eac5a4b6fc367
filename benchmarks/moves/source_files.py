"""Reads the observed job changes: edges between Census 2010 codes, and what those codes are."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

VARIABLE = "ONET_MOVES"
EDGES = "edgelist_qualitycontrol_2011_2019.csv"
CENSUS = "2010-occ-codes-with-crosswalk-from-2002-2011.xls"
CHANGERS = "Career Changers Matrix.xlsx"

ARTEFACT = (530, 520)
"""Purchasing agents to wholesale buyers: 475 moves and 5 back, made by a change of coding."""

HOW_TO_GET = f"""{VARIABLE} names the folder with the observed job changes; it is not set, or \
lacks {{missing}}.
Validation against real job changes is skipped. To have it, put three files into one folder:
  {EDGES}
    job changes in the Current Population Survey (ASEC 2011-19), with the study "Employment dynamics
    in a rapid decarbonization of the US power sector" (its repository on GitHub, data/omn/)
  {CENSUS}
    Census Bureau, 2010 occupation code list with crosswalk (with the same study, data/)
  {CHANGERS}
    O*NET's retired Career Changers Matrix; optional
The first is derived from IPUMS CPS: use it to validate, publish figures, never the data."""


class MovesMissingError(Exception):
    """The files are not there. The message says which, and how to get them."""


@dataclass(frozen=True)
class Moves:
    """Job changes between Census 2010 codes, without those that stayed and without the artefact."""

    edges: pd.DataFrame
    """Columns from_code, to_code, movers (people observed), weight (those they stand for)."""
    soc_forms: dict[int, str]
    """Census 2010 code → SOC 2010 code, or what such codes have in common (`11-2020`,
    `15-113X`)."""
    changers: list[tuple[str, str, int]]
    """Career Changers Matrix: source, target, place in its list. Empty where the file is
    missing."""


def moves_folder() -> Path:
    """The folder that the variable names, with both files that are needed."""
    folder = Path(os.environ.get(VARIABLE, ""))
    needed = [EDGES, CENSUS]
    missing = needed if not os.environ.get(VARIABLE) else []
    missing = missing or [name for name in needed if not (folder / name).is_file()]
    if missing:
        raise MovesMissingError(HOW_TO_GET.format(missing=" and ".join(missing)))
    return folder


def read_moves(folder: Path) -> Moves:
    edges = pd.read_csv(folder / EDGES)
    edges = edges.rename(
        columns={
            "OCCLY": "from_code",
            "OCC": "to_code",
            "Observations": "movers",
            "ASECWT": "weight",
        }
    )
    edges = edges[["from_code", "to_code", "movers", "weight"]]
    stayed = edges["from_code"] == edges["to_code"]
    artefact = (edges["from_code"] == ARTEFACT[0]) & (edges["to_code"] == ARTEFACT[1])
    return Moves(edges[~stayed & ~artefact], _soc_forms(folder), _changers(folder / CHANGERS))


def _soc_forms(folder: Path) -> dict[int, str]:
    sheet = pd.read_excel(
        folder / CENSUS, sheet_name="2010OccCodeList", header=None, dtype=str, engine="calamine"
    )
    rows = sheet[sheet[2].fillna("").str.fullmatch(r"\s*\d{4}\s*")]
    return {int(code): soc.strip() for code, soc in zip(rows[2], rows[3], strict=True)}


def _changers(path: Path) -> list[tuple[str, str, int]]:
    if not path.is_file():
        return []
    sheet = pd.read_excel(path, dtype=str, engine="calamine")
    columns = ["O*NET-SOC Code", "Related O*NET-SOC Code", "Index"]
    rows = sheet[columns].itertuples(index=False)
    return [(source, target, int(float(place))) for source, target, place in rows]


def soc_codes(form: str, listed: list[str], named_elsewhere: set[str]) -> list[str]:
    """SOC 2010 codes that a form stands for. One that another Census code names is not among them.

    A code of its own stands for itself; an X, or a 0 at the end of what is no code, for any digit.
    """
    if form in listed:
        return [form]
    pattern = form.replace("X", ".")
    if "X" not in form:
        pattern = re.sub("0+$", lambda zeros: "." * len(zeros.group()), form)
    return [code for code in listed if re.fullmatch(pattern, code) and code not in named_elsewhere]

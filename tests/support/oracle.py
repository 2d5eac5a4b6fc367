"""The gap, computed a second time and in another way: from the raw file with pandas and numpy, for
all pairs at once, without SQL.

Nothing here is taken from the dbt project but the definitions in words. Student's t is scipy's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[Any]


@dataclass(frozen=True)
class Sides:
    """A domain's ratings as arrays of shape (occupations, elements); nan where not published."""

    codes: list[str]
    elements: list[str]
    level: Array
    importance: Array
    error: Array
    raters: Array
    not_relevant: Array
    suppress: Array


@dataclass(frozen=True)
class Gaps:
    """All targets of some sources, shape (sources, targets, elements); `known` where both sides
    have a level."""

    sources: slice
    known: Array
    missing: Array
    newly_relevant: Array
    higher: Array
    gap: Array
    standard_error: Array
    margin: Array  # half the 95 % interval of the gap; nan where unknown
    significant: Array  # 1, 0, or nan where unknown
    low_precision: Array


def read(release: Path, *members: str) -> Sides:
    """Reads the ratings files of one domain from a release's zip or folder, values as published."""
    contents = [
        (release / f"{member}.txt").read_bytes() if release.is_dir() else _from_zip(release, member)
        for member in members
    ]
    rows = pd.concat(
        pd.read_csv(
            BytesIO(content),
            sep="\t",
            quoting=3,
            dtype=str,
            keep_default_na=False,
            na_values=["n/a"],
        )
        for content in contents
    )
    level = rows[rows["Scale ID"] == "LV"].set_index(["O*NET-SOC Code", "Element ID"])
    importance = rows[rows["Scale ID"] == "IM"].set_index(["O*NET-SOC Code", "Element ID"])

    def grid(frame: pd.DataFrame, column: str) -> Array:
        values = (
            frame[column].map({"Y": "1", "N": "0"})
            if column in ("Not Relevant", "Recommend Suppress")
            else frame[column]
        )
        wide = values.astype(float).unstack()
        return wide.reindex(index=codes, columns=elements).to_numpy(dtype=float)

    codes, elements = (
        sorted(set(level.index.get_level_values(0))),
        sorted(set(level.index.get_level_values(1))),
    )
    return Sides(
        codes,
        elements,
        grid(level, "Data Value"),
        grid(importance, "Data Value"),
        grid(level, "Standard Error"),
        grid(level, "N"),
        grid(level, "Not Relevant"),
        grid(level, "Recommend Suppress"),
    )


def _from_zip(release: Path, member: str) -> bytes:
    with ZipFile(release) as archive:
        return archive.read(
            next(item for item in archive.namelist() if item.endswith(f"/{member}.txt"))
        )


def gaps(sides: Sides, sources_at_once: int = 40) -> Iterator[Gaps]:
    """Every ordered pair, some sources at a time (each holds sources x 900 x 50 numbers a dozen
    times)."""
    raters = np.where(sides.raters >= 2, sides.raters, np.nan)
    floored = np.fmax(sides.error, 1 / raters)
    floored[np.isnan(sides.error) | np.isnan(raters)] = np.nan
    variance = floored**2
    relevant = np.nan_to_num(sides.not_relevant) == 0
    suppress = np.nan_to_num(sides.suppress) == 1
    for start in range(0, len(sides.codes), sources_at_once):
        these = slice(start, min(start + sources_at_once, len(sides.codes)))
        a, b = sides.level[these, None, :], sides.level[None, :, :]
        gap = np.round(b - a, 2)
        total = variance[these, None, :] + variance[None, :, :]
        with np.errstate(invalid="ignore"):
            welch = total**2 / (
                variance[these, None, :] ** 2 / (raters[these, None, :] - 1)
                + variance[None, :, :] ** 2 / (raters[None, :, :] - 1)
            )
            degrees = np.minimum(np.floor(welch + 1e-6), 120)
        table = np.concatenate([[np.nan], stats.t.ppf(0.975, np.arange(1, 121))])
        threshold = table[np.nan_to_num(degrees).astype(int)] * np.sqrt(total)
        significant = np.where(np.isnan(total), np.nan, (gap > threshold).astype(float))
        yield Gaps(
            these,
            ~np.isnan(gap),
            (b > 0) & (a == 0),
            ~relevant[these, None, :] & relevant[None, :, :],
            b > a,
            gap,
            np.sqrt(total),
            threshold,
            significant,
            suppress[these, None, :] | suppress[None, :, :],
        )

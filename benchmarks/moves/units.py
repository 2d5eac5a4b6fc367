"""The units that are ranked: Census 2010 codes that have rated occupations, and the moves of them.

Census 2010 → SOC 2010 → SOC 2018 → O*NET codes. A unit's profile is the mean of its SOC codes'
profiles, weighted by employment; a SOC code's the plain mean of its O*NET codes'.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.moves.occupations import Array, Occupations
from benchmarks.moves.source_files import Moves, soc_codes

FEWEST_MOVERS = 30
"""Sources with fewer observed movers are not judged."""


@dataclass(frozen=True)
class Units:
    """Square arrays are (from unit, to unit)."""

    codes: list[int]
    major_group: NDArray[np.str_]
    share: Array
    """(unit, occupation): the occupation's weight in the unit; each row sums to 1."""
    movers: Array
    """People who were observed to move."""
    weight: Array
    """People that they stand for."""
    kept: float
    """Share of all observed movers that are between units."""

    @property
    def members(self) -> list[NDArray[np.int_]]:
        return [np.flatnonzero(row) for row in self.share]

    def mean(self, values: Array) -> Array:
        """Of each unit, from one row for each occupation."""
        return np.asarray(self.share @ values)

    def scores(self, score: Array) -> Array:
        """A score of pairs of occupations as one of pairs of units: from the mean of a unit's
        occupations to whichever of the other unit's stands first in the list."""
        from_unit = self.share @ score
        best = [from_unit[:, members].max(axis=1) for members in self.members]
        return np.stack(best, axis=1)

    def to_another_major_group(self) -> NDArray[np.bool_]:
        return np.asarray(self.major_group[:, None] != self.major_group[None, :])


def make_units(moves: Moves, occupations: Occupations) -> Units:
    rated = _rated_soc_codes(moves, occupations)
    codes = sorted(rated)
    place = {code: position for position, code in enumerate(codes)}
    shares = np.stack([_shares(rated[code], occupations) for code in codes])
    edges = moves.edges[moves.edges["from_code"].isin(codes) & moves.edges["to_code"].isin(codes)]
    at = ([place[c] for c in edges["from_code"]], [place[c] for c in edges["to_code"]])
    movers, weight = np.zeros((2, len(codes), len(codes)))
    movers[at], weight[at] = edges["movers"], edges["weight"]
    groups = np.array([moves.soc_forms[code][:2] for code in codes])
    kept = float(edges["movers"].sum() / moves.edges["movers"].sum())
    return Units(codes, groups, shares, movers, weight, kept)


def _rated_soc_codes(moves: Moves, occupations: Occupations) -> dict[int, list[str]]:
    """Census code → its SOC 2018 codes with a rated occupation; only those that have one."""
    soc2010 = sorted(occupations.soc2010)
    named = {form for form in moves.soc_forms.values() if form in occupations.soc2010}
    rated = {code[:7] for code in occupations.codes}
    units: dict[int, list[str]] = {}
    for census, form in moves.soc_forms.items():
        old = soc_codes(form, soc2010, named)
        new = {code[:7] for soc in old for code in occupations.soc2010[soc]}
        if found := sorted(new & rated):
            units[census] = found
    return units


def _shares(socs: list[str], occupations: Occupations) -> Array:
    member = np.array([code[:7] for code in occupations.codes])
    jobs = np.array([occupations.employment[member == soc][0] for soc in socs])
    known = jobs[~np.isnan(jobs)]
    jobs = np.where(np.isnan(jobs), known.mean() if len(known) else 1, jobs)
    shares = np.zeros(len(member))
    for soc, weight in zip(socs, jobs / jobs.sum(), strict=True):
        shares[member == soc] = weight / (member == soc).sum()
    return shares


def openings(units: Units, occupations: Occupations) -> Array:
    """Openings a year of each unit: a line's are split evenly among the SOC codes in it."""
    socs = np.array([code[:7] for code in occupations.codes])
    count = [occupations.soc_count.get(line, 1) for line in occupations.line]
    each = np.nan_to_num(occupations.openings) / np.array(count)
    firsts = [
        [np.flatnonzero(socs == soc)[0] for soc in sorted(set(socs[members]))]
        for members in units.members
    ]
    return np.array([each[first].sum() for first in firsts])

"""Invented rows of the views that a search reads, for the live warehouses of
`live_warehouse.py`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from api.search_terms import stem_words

KINDS = ("title", "reported", "alternate", "technology")
VIEWS = {"search_title", "search_title_stem", "search_stem"}


def rows(table: str, called: Sequence[tuple[str, str, str]]) -> list[tuple[Any, ...]]:
    """Rows of one of VIEWS, of occupations, their titles and what these are."""
    numbers: Counter[str] = Counter()
    names = []
    for code, title, kind in called:
        numbers[code] += 1
        names.append((code, numbers[code], title, kind))
    if table == "search_title":
        return list(names)
    times = Counter(stem for name in names for stem in _stems(name[2]))
    weights = {
        stem: math.floor(100 * math.log(1 + len(names) / n) + 0.5) for stem, n in times.items()
    }
    if table == "search_stem":
        parts = {(part, stem) for stem in weights for part in (stem, *_threes(stem))}
        return [(part, stem, weights[stem], int(part == stem)) for part, stem in sorted(parts)]
    index = []
    for code, number, title, kind in names:
        found = _stems(title)
        whole = sum(weights[stem] for stem in found)
        for stem in found:
            share = math.floor(1000 * weights[stem] / whole + 0.5)
            index.append((stem, code, number, KINDS.index(kind) + 1, share))
    return index


def _stems(title: str) -> list[str]:
    return stem_words(title.replace(", All Other", ""))


def _threes(stem: str) -> list[str]:
    return [f" {stem} "[at : at + 3] for at in range(len(stem))]

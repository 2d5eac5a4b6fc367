"""The search worked out again in Python from the published files: what `docs/search.md` says, with
the figures of the statement."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

SMALL = {
    "and",
    "of",
    "the",
    "in",
    "for",
    "a",
    "an",
    "to",
    "with",
    "or",
    "at",
    "on",
    "by",
    "senior",
    "sr",
    "junior",
    "jr",
}
BRITISH = [("our", "or"), ("tre$", "ter"), ("or$", "er"), ("mme$", "m"), ("ae", "e"), ("ph", "f")]

Name = tuple[str, str, int]
"""Occupation, title, kind: 1 own, 2 reported, 3 alternate, 4 technology."""


def stem(word: str) -> str:
    if word.endswith("sses"):
        word = word[:-2]
    elif word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith(("ches", "shes", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for written, read in BRITISH:
        word = re.sub(written, read, word)
    return re.sub(r"([bcdefgklmnoprstz])\1", r"\1", word)


def read(text: str, kind: int = 3) -> tuple[str, ...]:
    """The stems of a text in order."""
    text = (
        text.lower().replace("c#", "csharp").replace("c++", "cplusplus").replace(".net", "dotnet")
    )
    words = re.findall("[a-z0-9]+", text)
    if kind == 1:
        spaced = " ".join(words)
        words = (
            spaced.split(" except ")[0] if " except " in spaced else spaced.replace("all other", "")
        ).split()
    stems = [stem(word) for word in words if word not in SMALL] or list(map(stem, words))
    return tuple(filter(None, stems))  # a lone s is an ending, of nothing


def common(one: str, other: str) -> int:
    """Letters that two words have in common at their beginning, up to 15."""
    return next(
        (n for n, (a, b) in enumerate(zip(one[:15], other[:15], strict=False)) if a != b),
        min(len(one), len(other), 15),
    )


class Oracle:
    """Names of a release, everyday words, and which occupations go first where they are found
    alike."""

    def __init__(
        self,
        names: Iterable[Name],
        everyday: Iterable[tuple[str, str]],
        priority: Mapping[str, int],
    ) -> None:
        pairs = {(read(said), read(meant)) for said, meant in everyday}
        self.words = {(said[0], meant[0]) for said, meant in pairs if len(said) == len(meant) == 1}
        whole = [(said, meant) for said, meant in pairs if max(len(said), len(meant)) > 1]
        kinds: dict[tuple[str, tuple[str, ...]], int] = {}
        for code, title, kind in names:
            own = read(title, kind)
            for each in (
                [own, *(said for said, meant in whole if meant == own and kind < 4)] if own else []
            ):
                kinds[code, each] = min(kind, kinds.get((code, each), kind))
        self.names = [(code, frozenset(stems), kind) for (code, stems), kind in kinds.items()]
        times = Counter(stem for _, stems, _ in self.names for stem in stems)
        self.weight = {
            stem: math.floor(100 * math.log(1 + len(self.names) / n) + 0.5)
            for stem, n in times.items()
        }
        self.having = defaultdict(list)
        for at, (_, stems, _) in enumerate(self.names):
            for stem in stems:
                share = math.floor(
                    1000 * self.weight[stem] / sum(self.weight[each] for each in stems) + 0.5
                )
                self.having[stem].append((at, share))
        threes = Counter(part for stem in self.weight for part in self._threes(stem))
        self.telling = {part for part, n in threes.items() if n <= 400}
        self.priority = priority

    def _threes(self, stem: str) -> set[str]:
        return {f" {stem} "[at : at + 3] for at in range(len(stem))}

    def _meant(self, word: str) -> dict[str, int]:
        """Stems that a word may mean, and how good each is, of 100."""
        meant = {stem: 95 for said, stem in self.words if said == word and stem in self.weight}
        if word in self.weight:
            meant[word] = 100
        if len(word) >= (4 if meant else 2):
            begun = {stem for stem in self.weight if stem.startswith(word)}
            begun |= {
                stem for said, stem in self.words if said.startswith(word) and stem in self.weight
            }
            meant = dict.fromkeys(begun, 60 if meant else 90) | meant
        return meant or self._alike(word)

    def _alike(self, word: str) -> dict[str, int]:
        likeness = {}
        for stem in self.weight if 4 <= len(word) <= 25 else ():
            parts = len(self._threes(word) & self._threes(stem) & self.telling - {stem})
            if parts and parts * 5 >= len(word) + len(stem):
                ends = common(word, stem) + common(word[::-1], stem[::-1])
                both, longer = len(word) + len(stem), max(len(word), len(stem))
                likeness[stem] = (200 * parts * longer + 200 * ends * both) // (
                    3 * both * longer
                ) - 5 * (word[0] != stem[0])
        best = sorted(
            (-like, self.weight[stem], stem) for stem, like in likeness.items() if like >= 60
        )[:5]
        return {stem: -like for like, _, stem in best if like <= best[0][0] + 6}

    def search(self, sought: str) -> list[str]:
        """Codes, best first."""
        matched: Counter[int] = Counter()
        covered: Counter[int] = Counter()
        points = 0
        for word in dict.fromkeys(read(sought)):
            meant = self._meant(word)
            weight = (
                self.weight[word]
                if word in meant
                else min((self.weight[stem] for stem in meant), default=600)
            )
            points += 100 * weight
            for stem, likeness in meant.items():
                for at, share in self.having[stem]:
                    matched[at] += weight * likeness
                    covered[at] += share * likeness
        most = min(max(matched.values(), default=0), points)
        best: dict[str, int] = {}
        whole: Counter[str] = Counter()
        own: dict[str, float] = defaultdict(float)
        for at, found in matched.items():
            code, _, kind = self.names[at]
            recall, coverage = min(found / points, 1.0), min(covered[at] / 100000, 1.0)
            coverage = math.sqrt(coverage) if kind == 1 else coverage
            if kind == 1:
                own[code] = max(own[code], recall)
            whole[code] += found >= 0.95 * most and kind < 4
            if found >= 0.6 * most:
                worth = (
                    math.floor(2000 * recall * coverage / (recall + coverage))
                    + (500, 450, 400, 200)[kind - 1]
                )
                worth += 120 * (kind == 1 and recall > 0.99 and coverage > 0.99)
                best[code] = max(worth, best.get(code, 0))
        total = {
            code: worth
            + 120 * whole[code] // (whole[code] + 8)
            + math.floor(120 * own[code])
            + self.priority[code]
            for code, worth in best.items()
        }
        return sorted(total, key=lambda code: (-total[code], code))

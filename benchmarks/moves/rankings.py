"""The rankings that are compared, each a score of every pair of units."""

from __future__ import annotations

import math
import re
from collections import Counter

import numpy as np

from benchmarks.moves.likely import likely_scores
from benchmarks.moves.metrics import SEED, Truth
from benchmarks.moves.occupations import Array, Occupations
from benchmarks.moves.units import Units, openings

WORD = re.compile(r"[a-z]{2,}")
COMMON_WORDS = """
a about after all also an and any are as at be been before being between both but by can do during
each for from had has have if in including into is it its may more most no not of off on only or
other our out over own same should so some such than that the their them then there these they
this those through to under until up using was were what when where which while who will with you
your
"""
LIKELY = "likely: similarity, words, Related Occupations, jobs"
OURS = "similarity: correlation of importance, skills and knowledge"


def make_rankings(
    units: Units, occupations: Occupations, truth: Truth, changers: list[tuple[str, str, int]]
) -> dict[str, Array]:
    """Name → score; ours first."""
    importance, level = units.mean(occupations.importance), units.mean(occupations.level)
    both = units.mean(occupations.importance * occupations.level)
    skills = occupations.is_skill
    zone = units.mean(occupations.job_zone[:, None])
    ours: Array = np.asarray(np.corrcoef(importance))
    chance = np.random.default_rng(SEED).random(ours.shape)
    same_group = (~units.to_another_major_group()).astype(float)
    size: Array = np.log(np.maximum(openings(units, occupations), 1))[None, :]
    related = units.scores(_listed(occupations, occupations.related))
    tasks = tf_idf(_documents(units, occupations, occupations.tasks))
    titles = tf_idf(_documents(units, occupations, occupations.alternate_titles))
    rankings: dict[str, Array] = {
        OURS: ours,
        LIKELY: units.scores(np.nan_to_num(likely_scores(occupations), nan=-9)),
        "chance": chance,
        "skills only": np.asarray(np.corrcoef(importance[:, skills])),
        "cosine of levels": cosine(level),
        "cosine of level x importance": cosine(both),
        "shared technologies (Jaccard)": _jaccard(units, occupations, occupations.technologies),
        "shared detailed activities (Jaccard)": _jaccard(
            units, occupations, occupations.activities
        ),
        "least weighted shortfall": _shortfall(level, importance),
        "least job-zone distance": np.asarray(-np.abs(zone - zone.T)),
        "same major group": same_group + chance / 2,
        "Career Changers Matrix": units.scores(_listed(occupations, changers)),
        "Related Occupations": related,
        "words of tasks (TF-IDF)": tasks,
        "words of alternate titles (TF-IDF)": titles,
        "popularity of the destination": truth.popularity,
        "similarity + 0.03 ln(openings)": ours + 0.03 * size,
        "similarity + 0.06 ln(openings)": ours + 0.06 * size,
        "similarity + 0.3/Related + 0.08 ln(openings)": ours + 0.3 * related + 0.08 * size,
        "similarity + 1.5 tasks + 0.12 ln(openings)": ours + 1.5 * tasks + 0.12 * size,
        "similarity + tasks + titles + 0.12 ln(openings)": ours + tasks + titles + 0.12 * size,
    }
    return {name: score for name, score in rankings.items() if np.ptp(score) > 0}


def cosine(values: Array) -> Array:
    unit = values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-12)
    return np.asarray(unit @ unit.T)


def tf_idf(documents: list[str]) -> Array:
    """Cosines of documents; a word counts 1 + ln(times), and more where few documents have it."""
    common = set(COMMON_WORDS.split())
    counts = [
        Counter(w for w in WORD.findall(text.lower()) if w not in common) for text in documents
    ]
    frequency = Counter(word for words in counts for word in words)
    column = {word: i for i, word in enumerate(sorted(w for w, n in frequency.items() if n > 1))}
    values = np.zeros((len(documents), len(column)))
    for row, words in enumerate(counts):
        for word, times in words.items():
            if word in column:
                rarity = math.log((1 + len(documents)) / (1 + frequency[word])) + 1
                values[row, column[word]] = (1 + math.log(times)) * rarity
    return cosine(values)


def _documents(units: Units, occupations: Occupations, texts: dict[str, str]) -> list[str]:
    return [
        " ".join(texts.get(occupations.codes[member], "") for member in members)
        for members in units.members
    ]


def _jaccard(units: Units, occupations: Occupations, sets: dict[str, set[str]]) -> Array:
    column = {name: i for i, name in enumerate(sorted(set().union(*sets.values())))}
    has = np.zeros((len(units.codes), len(column)))
    for row, members in enumerate(units.members):
        for member in members:
            has[row, [column[name] for name in sets.get(occupations.codes[member], ())]] = 1
    shared, size = has @ has.T, has.sum(axis=1)
    return np.asarray(shared / np.maximum(size[:, None] + size[None, :] - shared, 1))


def _listed(occupations: Occupations, pairs: list[tuple[str, str, int]]) -> Array:
    """1 for a list's first, 1/2 for its second, …; 0 for what is not in the list."""
    index = occupations.index
    score = np.zeros((len(index), len(index)))
    for source, target, place in pairs:
        if source in index and target in index:
            score[index[source], index[target]] = 1 / place
    return score


def _shortfall(level: Array, importance: Array) -> Array:
    lacks = [np.einsum("be,be->b", np.maximum(level - here, 0), importance) for here in level]
    return np.asarray(-np.array(lacks) / importance.sum(axis=1)[None, :])

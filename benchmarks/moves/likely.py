"""The order `likely`, reckoned once more from what is published: independent of the build's SQL."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from benchmarks.moves.occupations import Array, Occupations

WORDS, RELATED, JOBS = 1.5, 0.05, 0.08
MOST_OCCUPATIONS = 50
WORD = re.compile("[a-z0-9]+")


def likely_scores(
    occupations: Occupations, words: float = WORDS, related: float = RELATED, jobs: float = JOBS
) -> Array:
    """Of all pairs of occupations, one row for each source."""
    parts = likely_parts(occupations)
    likeness, alike, listed, size = parts
    return np.asarray(likeness + words * alike + related * listed + jobs * size)


def likely_parts(occupations: Occupations) -> tuple[Array, Array, Array, Array]:
    """Similarity, likeness of words, place among Related Occupations, and jobs of the target."""
    similarity: Array = np.asarray(np.corrcoef(occupations.importance))
    listed = np.zeros_like(similarity)
    index = occupations.index
    for source, target, place in occupations.related:
        if source in index and target in index:
            listed[index[source], index[target]] = 1 / np.log2(1 + place)
    size = np.log(1 + job_shares(occupations) / 1000)[None, :]
    return similarity, word_similarity(occupations), listed, size


def job_shares(occupations: Occupations) -> Array:
    """A line's jobs, split evenly among the occupations that are compared; nan where unknown."""
    members = Counter(occupations.line)
    count = np.array([members[line] for line in occupations.line])
    return np.asarray(np.floor(occupations.projected_jobs / count + 0.5))


def word_similarity(occupations: Occupations) -> Array:
    """Cosines of titles and tasks; a word of a title is another than the same word of a task."""
    has = [_vocabulary(occupations, texts) for texts in (occupations.titles, occupations.tasks)]
    values = np.hstack(has)
    length = np.maximum(np.linalg.norm(values, axis=1), 1e-12)
    return np.asarray(values @ values.T / np.outer(length, length))


def _vocabulary(occupations: Occupations, texts: dict[str, str]) -> Array:
    words = [set(WORD.findall(texts.get(code, "").lower())) for code in occupations.codes]
    count = Counter(word for these in words for word in these)
    kept = sorted(word for word, times in count.items() if 2 <= times <= MOST_OCCUPATIONS)
    column = {word: position for position, word in enumerate(kept)}
    values = np.zeros((len(words), len(kept)))
    for row, these in enumerate(words):
        for word in these & column.keys():
            values[row, column[word]] = np.floor(100 * np.log(len(words) / count[word]) + 0.5)
    return values

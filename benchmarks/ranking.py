"""`make validate`: how well what is published ranks the occupations to move to, against O*NET's
Related Occupations and other rankings."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from dbt_onet.pipeline.build import published_release
from dbt_onet.pipeline.export.source import Source, open_source
from dbt_onet.pipeline.settings import Settings

Array = NDArray[np.float64]

AT = 10
"""O*NET's primary related occupations are ten; as many of each ranking are looked at."""

CIRCULAR = (
    "What is circular: O*NET chooses Related Occupations from the likeness of tasks, of knowledge"
    " and of titles, so a ranking that uses the knowledge ratings is partly measured against"
    " itself. Skills take no part in that choice: the lines of skills alone are the independent"
    " test, and the fair comparison with the baseline and with chance is among them. The share is"
    " of what O*NET lists, which is not all good moves."
)


@dataclass(frozen=True)
class Score:
    """Share of a source's primary related occupations, as far as they are rated, among the first
    ten: mean over sources, standard error."""

    ranking: str
    mean: float
    standard_error: float


@dataclass(frozen=True)
class Published:
    """Levels and importances of the compared occupations, shape (occupations, elements); which
    elements are skills; and the two lists."""

    codes: list[str]
    level: Array
    importance: Array
    is_skill: NDArray[np.bool_]
    ranked: dict[str, list[str]]
    related: dict[str, set[str]]


def read(source: Source) -> Published:
    """Everything from the published views."""
    ranked: dict[str, list[str]] = {}
    order = "order by from_occupation_code, similarity desc, to_occupation_code"
    for code, target in source.rows(
        "select from_occupation_code, to_occupation_code from {live}.occupation_transition"
        f" {order}"
    ):
        ranked.setdefault(code, []).append(target)
    related: dict[str, set[str]] = {code: set() for code in ranked}
    related_rows = source.rows(
        "select occupation_code, related_occupation_code from {live}.related_occupation where"
        " relatedness_tier like 'Primary%'"
    )
    for code, target in related_rows:
        # an occupation that is not rated can be in no ranking
        if code in related and target in related:
            related[code].add(target)
    rows = source.rows(
        "select occupation_code, element_id, domain, level, importance from"
        " {live}.occupation_rating where domain in ('skills', 'knowledge')"
    )
    codes, elements = sorted(ranked), sorted({(row[2], row[1]) for row in rows})
    place, column = (
        {code: i for i, code in enumerate(codes)},
        {element: i for i, (_, element) in enumerate(elements)},
    )
    level, importance = np.full((2, len(codes), len(elements)), np.nan)
    for code, element, _, here, weight in rows:
        if code in place:
            level[place[code], column[element]], importance[place[code], column[element]] = (
                here,
                weight,
            )
    return Published(
        codes,
        level,
        importance,
        np.array([domain == "skills" for domain, _ in elements]),
        ranked,
        related,
    )


def scores(published: Published) -> list[Score]:
    """Best first, but for ours, which stands at the top, and chance, which stands at the end."""
    skills, level, importance = published.is_skill, published.level, published.importance

    def first_ten(likeness: Array) -> dict[str, list[str]]:
        np.fill_diagonal(likeness, -np.inf)
        best = np.argsort(-likeness, axis=1, kind="stable")[:, :AT]
        return {
            code: [published.codes[i] for i in row]
            for code, row in zip(published.codes, best, strict=True)
        }

    shortfall = np.array([np.maximum(level - here, 0) for here in level])
    rankings = {
        "correlation of importance, skills alone": np.corrcoef(importance[:, skills]),
        "cosine of levels, skills alone (the usual baseline)": _cosine(level[:, skills]),
        "cosine of level x importance, skills alone": _cosine((level * importance)[:, skills]),
        "cosine of levels, skills and knowledge": _cosine(level),
        "least weighted shortfall, skills and knowledge": (
            -np.einsum("abe,be->ab", shortfall, importance) / importance.sum(axis=1)
        ),
    }
    ours = _score(
        "published: correlation of importance, skills and knowledge", published, published.ranked
    )
    others = [_score(name, published, first_ten(likeness)) for name, likeness in rankings.items()]
    by_chance = min(AT / (len(published.codes) - 1), 1)
    return [
        ours,
        *sorted(others, key=lambda score: -score.mean),
        Score("by chance", by_chance, 0.0),
    ]


def _cosine(values: Array) -> Array:
    unit = values / np.linalg.norm(values, axis=1, keepdims=True)
    return np.asarray(unit @ unit.T)


def _score(name: str, published: Published, ranked: dict[str, list[str]]) -> Score:
    shares = [
        len(set(ranked[code][:AT]) & published.related[code]) / len(published.related[code])
        for code in published.codes
        if published.related[code]
    ]
    return Score(name, float(np.mean(shares)), float(np.std(shares, ddof=1) / np.sqrt(len(shares))))


def main() -> None:
    console = Console(soft_wrap=True)
    settings = Settings()
    if not published_release(settings):
        console.print(
            f"nothing has been published to `{settings.name}` yet: run `make build` first.",
            style="red",
        )
        raise SystemExit(1)
    with closing(open_source(settings)) as source:
        published = read(source)
    if not any(published.related.values()):
        console.print("The published release has no Related Occupations to rank against.")
        return
    table = Table(
        "ranking",
        "share of O*NET's primary related occupations among the first ten",
        "standard error",
    )
    for score in scores(published):
        table.add_row(
            score.ranking,
            f"{score.mean:.3f}",
            f"{score.standard_error:.3f}" if score.standard_error else "",
        )
    console.print(
        f"{len(published.codes)} occupations, {published.level.shape[1]} elements",
        table,
        CIRCULAR,
        sep="\n",
    )


if __name__ == "__main__":
    main()

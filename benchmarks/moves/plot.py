"""The table of rankings as a picture:
`python -m benchmarks.moves --picture docs/transitions.svg`."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.moves.metrics import Figures, interval
from benchmarks.moves.rankings import LIKELY, OURS

COLOURS = {OURS: "#1f6f8b", LIKELY: "#d98c00"}
OTHERS = "#9aa5ab"
COLUMNS = (("NDCG@10", 0.68), ("of 100\nmovers", 0.78), ("different\ndestinations", 0.9))
"""The figures beside the bars: heading, and where its column ends on the scale of NDCG@10."""


def draw(compared: dict[str, Figures], ceiling: float, path: Path) -> None:
    """Best at the top; the thin line is the interval, the dashed one the ceiling."""
    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "moves"
    ranked = sorted(compared.items(), key=lambda item: float(item[1].ndcg.mean()))
    top = len(ranked)
    figure = Figure(figsize=(9, 0.34 * top + 1.4), layout="constrained")
    axes = figure.subplots()
    for row, (name, each) in enumerate(ranked):
        mean = float(each.ndcg.mean())
        weight = "bold" if name in COLOURS else "normal"
        axes.barh(row, mean, color=COLOURS.get(name, OTHERS), height=0.7)
        axes.plot(interval(each.ndcg), [row, row], color="#333333", linewidth=1)
        figures = (f"{mean:.3f}", f"{each.cover.mean() * 100:.0f}", f"{each.distinct}")
        for (_, end), text in zip(COLUMNS, figures, strict=True):
            axes.text(end, row, text, va="center", ha="right", size=8, weight=weight)
    for heading, end in COLUMNS:
        axes.text(end, top - 0.3, heading, va="bottom", ha="right", size=8, color="#444444")
    axes.plot([ceiling, ceiling], [-0.6, top - 0.4], color="#b3261e", linestyle="--", linewidth=1)
    axes.set_yticks(range(top), [name for name, _ in ranked], size=8)
    axes.set_xlim(0, COLUMNS[-1][1])
    axes.set_ylim(-0.7, top + 0.9)
    axes.set_xticks([0, 0.1, 0.2, 0.3, 0.4, 0.5], ["0", "0.1", "0.2", "0.3", "0.4", "0.5"], size=8)
    sources = len(ranked[0][1].ndcg)
    label = f"NDCG@10 over {sources} sources; dashed: half of the movers predicts the other half"
    axes.set_xlabel(label, size=8, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines["left"].set_bounds(-0.6, top - 0.4)
    axes.spines["bottom"].set_bounds(0, 0.6)
    figure.savefig(path, metadata={"Date": None})

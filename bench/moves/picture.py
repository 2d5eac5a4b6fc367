"""The table of rankings as a picture: `python -m bench.moves --picture docs/transitions.svg`."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from bench.moves.metrics import Figures, interval
from bench.moves.rankings import LIKELY, OURS

COLOURS = {OURS: "#1f6f8b", LIKELY: "#d98c00"}
OTHERS = "#9aa5ab"


def draw(compared: dict[str, Figures], ceiling: float, path: Path) -> None:
    """Best at the top; the thin line is the interval, the dashed one the ceiling."""
    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "moves"
    ranked = sorted(compared.items(), key=lambda item: float(item[1].ndcg.mean()))
    figure = Figure(figsize=(9, 0.34 * len(ranked) + 1.2), layout="constrained")
    axes = figure.subplots()
    for row, (name, each) in enumerate(ranked):
        mean = float(each.ndcg.mean())
        low, high = interval(each.ndcg)
        axes.barh(row, mean, color=COLOURS.get(name, OTHERS), height=0.7)
        axes.plot([low, high], [row, row], color="#333333", linewidth=1)
        words = f"{mean:.3f}   of 100 movers {each.cover.mean() * 100:.0f}"
        axes.text(high + 0.008, row, f"{words}   {each.distinct} destinations", va="center", size=8)
    axes.axvline(ceiling, color="#b3261e", linestyle="--", linewidth=1)
    axes.set_yticks(range(len(ranked)), [name for name, _ in ranked], size=8)
    axes.set_xlim(0, 0.85)
    axes.set_xlabel("NDCG@10 over 166 sources; dashed: half of the movers predicts the other half")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})

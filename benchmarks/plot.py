"""One picture of a run, drawn from its JSON: each ratio beside its aim, and what grows with the
number of occupations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks import growth as growing
from benchmarks import ratios

COLOURS = {"duckdb": "#d98c00", "mysql": "#1f6f8b"}
TARGET_COLOUR = "#b3261e"
ACROSS = 3
GROWTH = {
    "landing": ("land", "ms per 1,000 rows", 1e6),
    "dbt's nodes but pairs": ("nodes", "ms per 1,000 rows", 1e6),
    "pairs: their number grows too": ("pairs", "ms per 1,000 rows", 1e6),
    "publication": ("publication", "ms per 1,000 rows", 1e6),
    "loader's peak memory": ("land_peak", "kB per row", 1e-3),
    "build's peak memory": ("build_peak", "kB per row", 1e-3),
}
"""Panel → figure of `growing`, the unit, and that unit per what the figure has per row."""


def draw(written: Path) -> Path:
    """A PNG beside the JSON."""
    run = json.loads(written.read_text())
    figures = {section["title"]: section["figures"] for section in run["sections"]}
    [compared] = [found for title, found in figures.items() if title == ratios.TITLE]
    [grown] = [found for title, found in figures.items() if title.startswith(growing.TITLE)]
    by_name: dict[str, list[dict[str, Any]]] = {}
    for ratio in compared:
        by_name.setdefault(ratio["name"], []).append(ratio)
    mpl.use("Agg")
    upper, lower = -(-len(by_name) // ACROSS), -(-len(GROWTH) // ACROSS)
    figure = Figure(figsize=(4.6 * ACROSS, 1.5 * upper + 2.7 * lower + 0.8), layout="constrained")
    grid = figure.add_gridspec(2, 1, height_ratios=[1.5 * upper + 0.6, 2.7 * lower + 0.2])
    above, below = figure.add_subfigure(grid[0]), figure.add_subfigure(grid[1])
    about = run["about"]
    above.suptitle(
        f"O*NET {about['release']}: {about['processor']}, {about['cores']} cores,"
        f" {about['memory_gb']} GB; {about['at'][:10]}",
        fontsize=11,
    )
    panels = above.subplots(upper, ACROSS, squeeze=False).flatten()
    for panel, (_, these) in zip(panels, by_name.items(), strict=False):
        _bars(panel, these)
    for panel in panels[len(by_name) :]:
        panel.set_axis_off()
    for panel, (title, (name, unit, scale)) in zip(
        below.subplots(lower, ACROSS, squeeze=False).flatten(), GROWTH.items(), strict=True
    ):
        _lines(panel, grown, title, name, unit, scale)
    path = written.with_suffix(".png")
    figure.savefig(path, dpi=110)
    return path


def _bars(panel: Axes, these: list[dict[str, Any]]) -> None:
    for place, ratio in enumerate(these):
        panel.barh(place, ratio["now"], 0.6, color=COLOURS[ratio["engine"]])
        panel.plot(
            [ratio["aim"]] * 2, [place - 0.42, place + 0.42], color=TARGET_COLOUR, linewidth=2.5
        )
        panel.text(
            1,
            place,
            f"{ratio['now']:.3g}",
            transform=panel.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=8,
        )
    panel.set_yticks(range(len(these)), [ratio["engine"] for ratio in these], fontsize=8)
    panel.invert_yaxis()
    panel.set_xlim(0, 1.25 * max(max(ratio["now"], ratio["aim"]) for ratio in these))
    side = "at most" if these[0]["lower_is_better"] else "at least"
    panel.set_title(these[0]["what"], fontsize=9, loc="left")
    panel.set_xlabel(f"{these[0]['unit']}; red: aim, {side}", fontsize=8)
    _plain(panel)


def _lines(
    panel: Axes, grown: list[dict[str, Any]], title: str, name: str, unit: str, scale: float
) -> None:
    for engine in sorted({one["engine"] for one in grown}):
        these = [one for one in grown if one["engine"] == engine]
        values = [one[name] / one["rows"] * scale for one in these]
        panel.plot(
            [one["copies"] for one in these],
            values,
            marker="o",
            color=COLOURS[engine],
            label=engine,
        )
    panel.set_ylim(bottom=0)
    panel.set_xscale("log", base=2)
    panel.set_xticks(growing.COPIES, [str(copies) for copies in growing.COPIES])
    panel.set_title(f"Growth, {title}", fontsize=9, loc="left")
    panel.set_xlabel("copies of the occupations", fontsize=8)
    panel.set_ylabel(unit, fontsize=8)
    panel.legend(fontsize=8, frameon=False)
    _plain(panel)


def _plain(panel: Axes) -> None:
    panel.tick_params(labelsize=8)
    panel.spines[["top", "right"]].set_visible(False)

"""Rankings of transitions against real job changes, as tables: `python -m benchmarks.moves`."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.moves.metrics import (
    Figures,
    Truth,
    ceiling,
    figures,
    interval,
    make_truth,
    real_zone_step,
)
from benchmarks.moves.occupations import LaborMissingError, Occupations, read_occupations
from benchmarks.moves.plot import draw
from benchmarks.moves.rankings import OURS, make_rankings
from benchmarks.moves.source_files import Moves, MovesMissingError, moves_folder, read_moves
from benchmarks.moves.units import Units, make_units
from dbt_onet.pipeline.export.source import Source, open_source
from dbt_onet.pipeline.settings import Settings

CIRCULAR = (
    "What is circular: Related Occupations are chosen by O*NET from tasks, knowledge and titles, so"
    " they are no independent judge of them; here they are judged themselves. Popularity is taken"
    " from the moves themselves, without the source's own. BLS estimates openings partly from the"
    " survey that the moves are from; employment is independent of it. Weights that were tuned on"
    " these moves are judged on them: cross-validation over sources says what that costs."
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.moves", description=__doc__)
    parser.add_argument("--picture", type=Path, help="draw all moves' table into this SVG")
    picture = parser.parse_args().picture
    console = Console(soft_wrap=True)
    try:
        moves = read_moves(moves_folder())
        with closing(open_source(Settings())) as source:
            show(console, source, moves, picture)
    except (MovesMissingError, LaborMissingError) as error:
        console.print(str(error), style="yellow", markup=False)


def show(console: Console, source: Source, moves: Moves, picture: Path | None = None) -> None:
    """Both tables: all moves, and those to another major group."""
    occupations = read_occupations(source)
    units = make_units(moves, occupations)
    total = f"{len(units.codes)} units, {units.kept:.0%} of the movers"
    for name, candidates in (
        ("all moves", None),
        ("moves to another major group", units.to_another_major_group()),
    ):
        truth = make_truth(units, candidates)
        about = f"{total}; {len(truth.sources)} sources with 30 movers or more"
        console.print(f"\nReal job changes, {name}: {about}", style="bold")
        compared = compare(units, occupations, truth, moves.changers)
        console.print(as_table(compared), _notes(units, occupations, truth))
        if picture and candidates is None:
            draw(compared, ceiling(truth), picture)
    console.print(CIRCULAR)


def compare(
    units: Units, occupations: Occupations, truth: Truth, changers: list[tuple[str, str, int]]
) -> dict[str, Figures]:
    zone = np.round(units.mean(occupations.job_zone[:, None])[:, 0])
    rankings = make_rankings(units, occupations, truth, changers)
    return {name: figures(score, truth, zone) for name, score in rankings.items()}


def as_table(compared: dict[str, Figures]) -> Table:
    table = Table("ranking")
    for heading in (
        "NDCG@10",
        "95 %",
        "less ours, 95 %",
        "P@10",
        "cover",
        "excess",
        "Spearman",
        "distinct",
        "busiest",
        "zone step",
    ):
        table.add_column(heading, justify="right")
    ours = compared[OURS]
    for name, each in compared.items():
        low, high = interval(each.ndcg)
        less, more = interval(each.ndcg - ours.ndcg)
        table.add_row(
            name,
            f"{each.ndcg.mean():.3f}",
            f"{low:.2f} … {high:.2f}",
            "" if each is ours else f"{less:+.2f} … {more:+.2f}",
            f"{each.precision.mean():.3f}",
            f"{each.cover.mean():.0%}",
            f"{np.nanmean(each.excess):.3f}",
            f"{each.spearman.mean():.2f}",
            f"{each.distinct}",
            f"{each.busiest}",
            f"{each.zone_step.mean():+.2f}",
        )
    return table


def _notes(units: Units, occupations: Occupations, truth: Truth) -> str:
    zone = np.round(units.mean(occupations.job_zone[:, None])[:, 0])
    return (
        f"Half of the movers predicts the other half with an NDCG of {ceiling(truth):.2f}: the"
        f" ceiling. Real moves go {real_zone_step(truth, zone):+.2f} job zones. Cover: share of"
        " real moves that end in the ten listed. Excess: NDCG on moves above those that the sizes"
        " of source and destination alone would bring. Distinct: destinations over all lists;"
        " busiest: lists in which the most frequent of them stands."
    )


if __name__ == "__main__":
    main()

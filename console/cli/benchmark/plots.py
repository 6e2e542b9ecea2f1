"""Plots of the report, as SVG beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_COLOURS = {"sqlite": "#2f5fe3", "postgresql": "#0f8a5f"}


def draw_curves(file: Path, title: str, across: str, curves: Mapping[str, Sequence[Sequence[float]]]) -> None:
    """Microseconds a case over what `across` names, a line a database; a logarithmic axis for sizes of registries."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "kaskad", "svg.fonttype": "none", "font.family": "sans-serif"})
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
    for name, points in curves.items():
        across_values, micros = zip(*points, strict=True)
        label, colour = _NAMES.get(name, name), _COLOURS.get(name)
        axes.plot(across_values, micros, marker="o", markersize=3, label=label, color=colour)
    if across == "loans":
        axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_title(title, fontsize=10, loc="left")
    axes.set_xlabel(across, fontsize=9)
    axes.set_ylabel("µs a case", fontsize=9)
    axes.tick_params(labelsize=8)
    axes.grid(visible=True, linewidth=0.4, alpha=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=8, frameon=False)
    metadata: dict[str, Any] = {"Date": None}
    figure.savefig(file, format="svg", metadata=metadata)
    plt.close(figure)

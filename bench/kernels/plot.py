"""Seconds over what grows, both axes logarithmic, a curve a runner: an SVG file a case and method."""

from __future__ import annotations

from pathlib import Path

from bench.kernels.growth import Row, points, power_law
from bench.kernels.names import BINPACK, runner_names


def write_plot(title: str, axis: str, rows: list[Row], file: Path) -> bool:
    """Whether it was drawn: matplotlib (the extra ``bench``) may not be installed."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "kernels"  # the same results give the same file
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5), layout="constrained")
    for name in runner_names(rows):
        found = points(rows, axis, name)
        if not found:
            continue
        law = power_law(found)
        label = name if law is None else f"{name}: {axis}^{law[0]:.2f}"
        axes.plot(*zip(*found, strict=True), "o-" if name in BINPACK else "s--", label=label, markersize=4)
    axes.set(xscale="log", yscale="log", xlabel=axis, ylabel="CPU seconds, one thread", title=title)
    axes.grid(True, which="major", linewidth=0.4)
    axes.legend(fontsize="small")
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)
    return True

"""Performance profile: which share of a class is proven after how many seconds (Dolan, Moré 2002, over time)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bench.exact.results import Row
from bench.exact.table import PROVEN

SHORTEST = 0.001
"""Seconds at which the logarithmic axis starts; what is faster is drawn here."""


def proven_times(rows: list[Row]) -> list[float]:
    """Seconds to proof of every instance that has one, ascending."""
    return sorted(max(SHORTEST, row["seconds"]) for row in rows if row["status"] in PROVEN)


def share_proven(rows: list[Row], seconds: float) -> float:
    """Share of the instances (without skipped ones) that were proven in at most ``seconds``."""
    run = sum(row["status"] != "skipped" for row in rows)
    return sum(time <= seconds for time in proven_times(rows)) / run if run else 0.0


def text_profile(classes: Mapping[str, list[Row]]) -> str:
    """The profile as a table: a line a class, a column a power of ten and one for the time limit."""
    longest = max((row["time_limit"] for rows in classes.values() for row in rows), default=1.0)
    columns = [*(seconds for seconds in (0.01, 0.1, 1.0, 10.0, 100.0) if seconds < longest), longest]
    lines = [f"{'proven within':<24}" + "".join(f"{f'{seconds:g} s':>9}" for seconds in columns)]
    for name, rows in classes.items():
        lines.append(f"{name:<24}" + "".join(f"{share_proven(rows, seconds):>9.0%}" for seconds in columns))
    return "\n".join(lines) + "\n"


def write_profile(classes: Mapping[str, list[Row]], folder: Path) -> Path:
    """``profile.svg``, or ``profile.txt`` where matplotlib (the extra ``bench``) is not installed."""
    try:
        import matplotlib
    except ImportError:
        file = folder / "profile.txt"
        file.write_text(text_profile(classes), encoding="utf-8")
        return file
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "profile"  # the same results give the same file
    file = folder / "profile.svg"
    _draw(classes, file)
    return file


def _draw(classes: Mapping[str, list[Row]], file: Path) -> None:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(10, 6), layout="constrained")
    colours = pyplot.get_cmap("tab20")
    for number, (name, rows) in enumerate(classes.items()):
        times = [SHORTEST, *proven_times(rows), max(row["time_limit"] for row in rows)]
        shares = [100 * share_proven(rows, seconds) for seconds in times]
        style = ("-", "--", ":")[number // 20 % 3]
        axes.step(times, shares, where="post", label=name, color=colours(number % 20), linestyle=style)
    axes.set_xscale("log")
    axes.set_xlabel("seconds")
    axes.set_ylabel("instances proven, %")
    axes.set_ylim(-2, 102)
    axes.grid(True, which="major", linewidth=0.4)
    figure.legend(loc="outside right upper", fontsize="small")
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)

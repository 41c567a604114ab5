"""The table of a report: one line a class, in Markdown, from the rows of results."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import mean, median

from bench.exact.published import SOURCES, published
from bench.exact.results import Row

PROVEN = ("optimal", "infeasible")
HEADER = (
    "class",
    "instances",
    "proven",
    "share",
    "mean s",
    "median s",
    "max s",
    "mean CPU s",
    "over the limit s",
    "sum of gaps",
    "no packing",
    "at or below best heuristic",
    "skipped",
    "faults",
    "published",
)
NOTES = (
    "Seconds are wall time with time-outs included, compilation apart; *over the limit* is the worst overrun.",
    "*Sum of gaps*: bins above the bound, over the instances with a packing. *Best heuristic*: the best packing that is "
    "published from a heuristic, or from anyone where none is stored apart; of the instances that have one.",
)


def table(classes: Mapping[str, list[Row]]) -> str:
    """Class -> rows of its latest run, as Markdown with its notes."""
    lines = [line(HEADER), line(["---", *["--:"] * (len(HEADER) - 2), "---"])]
    lines += [line(class_cells(name, rows)) for name, rows in classes.items() if rows]
    runs = {f"{row['version']}, limit {row['time_limit']:g} s" for rows in classes.values() for row in rows}
    sources = [f"*{name}*: {source}." for name, source in SOURCES.items()]
    return "\n".join([*lines, "", *NOTES, f"Code and time limit: {'; '.join(sorted(runs))}.", "", *sources, ""])


def class_cells(name: str, rows: list[Row]) -> list[str]:
    """The cells of one class. Crashed instances count among the instances, not in the times: they have none."""
    run = [row for row in rows if row["status"] != "skipped"]
    proven = sum(row["status"] in PROVEN for row in run)
    seconds = [row["seconds"] for row in run if "seconds" in row]
    cpu = [row["cpu_seconds"] for row in run if "cpu_seconds" in row]
    packed = [row for row in run if row.get("bins") is not None]
    compared = [row for row in run if "published_heuristic" in row]
    times = [mean(seconds), median(seconds), max(seconds), mean(cpu)] if seconds else []
    return [
        name,
        str(len(run)),
        str(proven),
        f"{proven / len(run):.0%}" if run else "-",
        *([f"{value:.3g}" for value in times] or ["-"] * 4),
        f"{worst_overrun(run):.2f}",
        str(sum(row["bins"] - row["bound"] for row in packed)),
        str(len(run) - len(packed)),
        f"{sum(at_or_below_heuristic(row) for row in compared)}/{len(compared)}" if compared else "-",
        str(len(rows) - len(run)),
        str(sum(len(row.get("faults", ())) for row in run)),
        published(name) or "-",
    ]


def worst_overrun(rows: list[Row]) -> float:
    """Seconds past the time limit, of the instance that kept it worst; 0 where all kept it."""
    return max([0.0, *(row["seconds"] - row["time_limit"] for row in rows if "seconds" in row)])


def at_or_below_heuristic(row: Row) -> bool:
    """Whether the packing has no more bins than the best that is published from a heuristic."""
    return row.get("bins") is not None and row["bins"] <= row["published_heuristic"]


def faults(classes: Mapping[str, list[Row]]) -> list[str]:
    """Every fault on record, with class and instance."""
    return [
        f"{name}: {row['instance']}: {fault}"
        for name, rows in classes.items()
        for row in rows
        for fault in row.get("faults", ())
    ]


def line(cells: list[str] | tuple[str, ...]) -> str:
    """A line of a table in Markdown."""
    return "| " + " | ".join(cells) + " |"

"""The report: a line for each runner of each case on its last rung, in Markdown."""

from __future__ import annotations

from statistics import median

from bench.kernels.growth import Row, points, power_law, seconds_at_last
from bench.kernels.names import baseline_names, runner_names

HEADER = (
    "method",
    "runner",
    "seconds",
    "to C++",
    "exponent",
    "bins",
    "bound",
    "gap",
    "packing",
    "peak MiB",
    "before",
)
NOTES = """Medians of CPU seconds of runs that took turns on one shared machine; everything here runs in one thread.
`kernel` is the heuristic's function on a problem that is there, `solve` the public call from the arrays to
the checked answer, the others are the C++ baselines. *To C++*: median ratio, run by run, to the fastest
baseline. *Exponent*: of a power law through the last rungs. ~: not run, from that power law. *Packing*:
compared with the fastest baseline's, in contents for first fit, in number of bins for best fit, which may
choose among bins that are equally full. *Peak*: of a process of its own; *before*: with the kernels loaded
and the arrays made.
"""


def report(results: list[Row]) -> str:
    """All cases, with their notes."""
    return "\n".join(["# Kernels against textbook C++", "", NOTES, *(_case(result) for result in results)])


def _case(result: Row) -> str:
    machine = result["machine"]
    lines = [
        f"## {result['case']}: {result['title']}",
        "",
        f"{machine['processor']}, Python {machine['python']}, {machine['compiler']}. Scale {result['scale']:g}. Compiling, "
        f"apart: kernels {result['compile_s']:.1f} s once, baselines {result['baselines_s']:.1f} s.",
        "",
        _line(HEADER),
        _line(("---", "---", *["--:"] * (len(HEADER) - 2))),
    ]
    for method, rows in result["methods"].items():
        lines += [_line(cells) for cells in method_cells(method, rows, result)]
    lines += [f"\nFAULT: {fault}" for fault in faults(result)]
    return "\n".join([*lines, ""])


def method_cells(method: str, rows: list[Row], result: Row) -> list[list[str]]:
    """A line of cells for each runner."""
    last, axis = rows[-1], result["axis"]
    base = fastest(last)
    lines = []
    for name in runner_names([last]):
        run = last["runs"].get(name)
        law = power_law(points(rows, axis, name))
        memory = result["memory"].get(method, {}).get(name, {})
        lines.append(
            [
                method,
                name,
                seconds_text(seconds_at_last(rows, axis, name)),
                ratio_text(rows, axis, name, base),
                f"{law[0]:.2f}" if law else "-",
                f"{run['bins']:,}" if run else last["skipped"][name],
                f"{last['bound']:,}",
                f"{(run['bins'] - last['bound']) / run['bins']:.2%}" if run else "-",
                same_text(method, last, name, base),
                str(memory.get("peak_mib", "-")),
                str(memory.get("loaded_mib", "-")),
            ]
        )
    return lines


def fastest(row: Row) -> str | None:
    """The baseline of a rung: the fastest in C++; None where none was run."""
    names = [name for name in baseline_names([row]) if name in row["runs"]]
    return min(names, key=lambda name: median(row["runs"][name]["seconds"]), default=None)


def ratio_text(rows: list[Row], axis: str, name: str, base: str | None) -> str:
    """How many times as long as the baseline, run by run where both were run."""
    if base is None:
        return "-"
    runs = rows[-1]["runs"]
    if name in runs:
        pairs = zip(runs[name]["seconds"], runs[base]["seconds"], strict=False)
        return f"{median(ours / theirs for ours, theirs in pairs):.2f}"
    found = seconds_at_last(rows, axis, name)
    return f"~{found[0] / median(runs[base]['seconds']):.0f}" if found else "-"


def seconds_text(found: tuple[float, bool] | None) -> str:
    """``0.123``, ``~45`` where it was not measured."""
    return "-" if found is None else f"{'' if found[1] else '~'}{found[0]:.3g}"


def same(method: str, row: Row, name: str, base: str | None) -> bool | None:
    """Whether a runner made the baseline's packing; None where there is nothing to compare."""
    if base is None or name not in row["runs"] or name == base:
        return None
    one, other = row["runs"][name], row["runs"][base]
    return one["bins"] == other["bins"] and (method != "first_fit_decreasing" or one["contents"] == other["contents"])


def same_text(method: str, row: Row, name: str, base: str | None) -> str:
    """``same``, ``differs``, or a dash."""
    return {None: "-", True: "same", False: "differs"}[same(method, row, name, base)]


def faults(result: Row) -> list[str]:
    """First fit has one packing, best fit of one resource one number of bins: rungs where a runner has another."""
    return [
        f"{method}, {row['copies']} copies, {row['resources']} resources: {name} makes other bins than {fastest(row)}"
        for method, rows in result["methods"].items()
        for row in rows
        for name in row["runs"]
        if (method == "first_fit_decreasing" or row["resources"] == 1)
        and same(method, row, name, fastest(row)) is False
    ] + result["faults"]


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"

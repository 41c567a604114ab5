"""The greedy kernels against textbook C++, and how their time grows: python bench/kernels/run.py [--help]

Results go to bench/results/kernels: CASE.json, CASE-METHOD.svg, and report.md of all that is there. Exit status 1 where a
packing is not the baseline's, or a process crashed or gave no answer.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.kernels.baselines import compile_baselines
from bench.kernels.cases import CASES, METHODS, cases
from bench.kernels.growth import points
from bench.kernels.names import runner_names
from bench.kernels.plot import write_plot
from bench.kernels.processes import compile_seconds, lines_of
from bench.kernels.table import fastest, faults, ratio_text, report, same_text

RESULTS = Path(__file__).resolve().parents[1] / "results" / "kernels"
Result = dict[str, Any]


def run(args: argparse.Namespace, folder: Path) -> int:
    """Measure the chosen cases, the library in ``folder``; how many faults there were."""
    started = perf_counter()
    library = compile_baselines(folder)
    seconds = perf_counter() - started
    if library is None:
        print("no g++: the C++ baselines are skipped, there are no ratios", flush=True)
    common = {
        "machine": {"processor": processor(), "python": platform.python_version(), "compiler": compiler(library)},
        "scale": args.scale,
        "baselines_s": round(seconds, 2),
        "compile_s": round(compile_seconds(args.timeout) or 0.0, 2),
    }
    print(f"compiling, apart: kernels {common['compile_s']} s, baselines {common['baselines_s']} s", flush=True)
    found = 0
    for name in args.case:
        result = measured(name, library, args) | common
        args.results.mkdir(parents=True, exist_ok=True)
        (args.results / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        for fault in faults(result):
            print(f"FAULT: {fault}", file=sys.stderr, flush=True)
            found += 1
    return found


def measured(name: str, library: Path | None, args: argparse.Namespace) -> Result:
    """One case with each method, then the memory of each runner that ran on the last rung."""
    case = cases(args.scale)[name]
    result: Result = {"case": name, "title": case.title, "axis": case.axis, "methods": {}, "memory": {}, "faults": []}
    compiled = [library] if library else []
    for method in args.method:
        arguments = [name, method, args.scale, args.repeats, args.patience, *compiled]
        rows, fault = lines_of("bench.kernels.measure", arguments, args.timeout)
        result["faults"] += [f"{method}: {fault}"] if fault else []
        if not rows:
            continue
        result["methods"][method] = rows
        tell(name, method, rows, case.axis)
        result["memory"][method] = {}
        for runner in rows[-1]["runs"]:
            arguments = [name, method, args.scale, runner, len(rows) - 1, *compiled]
            memory, fault = lines_of("bench.kernels.memory", arguments, args.timeout)
            result["faults"] += [f"{method}, memory of {runner}: {fault}"] if fault else []
            result["memory"][method] |= {runner: memory[0]} if memory else {}
    return result


def tell(case: str, method: str, rows: list[Result], axis: str) -> None:
    """A line for each rung and runner."""
    for number, row in enumerate(rows):
        base = fastest(row)
        head = f"{case:<20}{method:<21}{row['copies']:>9}{row['item_types']:>8}{row['resources']:>3}"
        for name in runner_names([row]):
            if name in row["skipped"]:
                print(f"{head}  {name:<24}skipped: {row['skipped'][name]}", flush=True)
                continue
            seconds = points([row], axis, name)[0][1]
            ratio = ratio_text(rows[: number + 1], axis, name, base)
            bins = f"{row['runs'][name]['bins']:>9}{row['bound']:>9}"
            print(
                f"{head}  {name:<24}{seconds:>10.4f}{ratio:>10}{bins}  {same_text(method, row, name, base)}", flush=True
            )


def render(folder: Path) -> None:
    """``report.md`` and the plots, of all results that are there, in the order of the cases."""
    files = [folder / f"{name}.json" for name in CASES]
    results = [json.loads(file.read_text(encoding="utf-8")) for file in files if file.exists()]
    (folder / "report.md").write_text(report(results), encoding="utf-8")
    for result in results:
        for method, rows in result["methods"].items():
            file = folder / f"{result['case']}-{method}.svg"
            if not write_plot(f"{result['title']}: {method}", result["axis"], rows, file):
                print("no matplotlib: no plots (pip install -e '.[bench]')", file=sys.stderr)
                return
    print(f"written: {folder / 'report.md'} and plots", file=sys.stderr)


def processor() -> str:
    """The processor's name where the system tells it."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def compiler(library: Path | None) -> str:
    """The first line of ``g++ --version``."""
    if library is None:
        return "no g++"
    return subprocess.run(["g++", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument(
        "--case", nargs="+", choices=CASES, default=list(CASES), metavar="CASE", help=f"{', '.join(CASES)}"
    )
    made.add_argument("--method", nargs="+", choices=METHODS, default=list(METHODS), metavar="METHOD")
    made.add_argument("--scale", type=float, default=1.0, help="share of the copies of each case (default: 1)")
    made.add_argument("--repeats", type=int, default=5, help="runs of each on a rung, in turns (default: 5)")
    made.add_argument("--patience", type=float, default=60.0, help="CPU seconds beyond which a runner is skipped")
    made.add_argument("--timeout", type=float, default=1800.0, help="seconds for each process")
    made.add_argument("--results", type=Path, default=RESULTS, metavar="DIRECTORY")
    made.add_argument("--report", action="store_true", help="run nothing, render what is there")
    return made


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    args = parser().parse_args(arguments)
    try:
        found = 0
        if not args.report:
            with tempfile.TemporaryDirectory() as folder:
                found = run(args, Path(folder))
        render(args.results)
        return 1 if found else 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

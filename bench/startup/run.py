"""What starting costs, in CPU and wall seconds: python bench/startup/run.py [--help]

Every run is a process of its own, one after the other. A cold run has a copy of the sources without bytecode and an empty
cache of kernels, as after an installation; the warm runs that follow it find what it left.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "bench" / "results" / "startup"
COPIED = ("binpack", "solvers", "datasets")
HELP, ERAS = ["--help"], ["eras"]
COLD = "eras, cold"

Seconds = dict[str, float]


def one_round(folder: Path, warm: int, inputs: list[str]) -> dict[str, list[Seconds]]:
    """One cold run in an empty folder, then ``warm`` runs of each command; commands as a user types them."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.nbi", "*.nbc"))
    rows = {COLD: [timed(folder, [*ERAS, *inputs])]}
    for words in (HELP, [*ERAS, *HELP], [*ERAS, *inputs]):
        rows[" ".join(words)] = [timed(folder, words) for _ in range(warm)]
    return rows


def timed(folder: Path, words: list[str]) -> Seconds:
    """CPU seconds (user and system) and wall seconds of one process; RuntimeError where it fails."""
    paths = os.pathsep.join([str(folder), str(folder / "solvers")])
    environment = os.environ | {"PYTHONPATH": paths, "NUMBA_CACHE_DIR": str(folder / "kernels")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "binpack", *words], env=environment, cwd=folder, capture_output=True, text=True
    )
    wall, after = perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"binpack {' '.join(words)}: exit status {done.returncode}: {done.stderr.strip()}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return {"cpu": round(cpu, 3), "wall": round(wall, 3)}


def run(args: argparse.Namespace) -> None:
    """Measure in rounds, print the medians, and write everything where asked."""
    rows: dict[str, list[Seconds]] = {}
    for _ in range(args.rounds):
        with tempfile.TemporaryDirectory() as folder:
            for name, measured in one_round(Path(folder), args.warm, args.inputs).items():
                rows.setdefault(name, []).extend(measured)
    print("\n".join(lines(rows)))
    if args.json:
        RESULTS.mkdir(parents=True, exist_ok=True)
        file = RESULTS / f"startup-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
        about = {"python": platform.python_version(), "machine": platform.machine(), "load": os.getloadavg()}
        file.write_text(json.dumps(about | {"inputs": args.inputs, "runs": rows}, indent=1) + "\n")
        print(f"written: {file}")


def lines(rows: dict[str, list[Seconds]]) -> list[str]:
    """The table: a line for each command, with medians and the range of CPU seconds."""
    table = [f"{'':<24}{'runs':>5}{'CPU s':>9}{'least':>9}{'most':>9}{'wall s':>9}"]
    for name, measured in rows.items():
        cpu, wall = [row["cpu"] for row in measured], [row["wall"] for row in measured]
        figures = "".join(f"{value:>9.2f}" for value in (median(cpu), min(cpu), max(cpu), median(wall)))
        table.append(f"{name:<24}{len(measured):>5}{figures}")
    return table


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("inputs", nargs="*", type=os.path.abspath, metavar="FILE", help="for eras (default: built in)")
    made.add_argument("--rounds", type=int, default=3, help="cold runs (default: 3)")
    made.add_argument("--warm", type=int, default=5, help="other runs of each command in a round (default: 5)")
    made.add_argument("--json", action="store_true", help="also write bench/results/startup/startup-DATE.json")
    return made


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    try:
        run(parser().parse_args(arguments))
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

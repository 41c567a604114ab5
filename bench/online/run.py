"""Events per second of online packing, by policy, resources and open bins: python bench/online/run.py [--help]

Each round runs every policy once on the same events, so that a machine that is slow for a while is slow for all; the table
gives medians over rounds of the CPU time, and the median over rounds of the time relative to first fit's in the same round.
Compilation is timed apart. Every packing is checked. Exit status 1 if one breaks a rule.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "solvers")]

from binpack_solvers.check import violations  # noqa: E402
from binpack_solvers.online import POLICIES, OnlinePacking  # noqa: E402
from binpack_solvers.problem import Problem  # noqa: E402

from bench.online.workload import churn  # noqa: E402

RESULTS = ROOT / "bench" / "results" / "online"
BASELINE = "first_fit"
RULES = ("plain", "own limits")
Row = dict[str, Any]


def compiled() -> float:
    """Compile the kernels or load them from numba's cache; CPU seconds."""
    started = process_time()
    OnlinePacking(Problem([1], 1)).run([0])
    return process_time() - started


def once(problem: Problem, sequence: Any, standing: int, policy: str) -> tuple[float, OnlinePacking]:
    """CPU nanoseconds for an event after the first ``standing``, and the state at the end."""
    online = OnlinePacking(problem, policy)
    online.run(sequence[:standing])
    started = process_time()
    online.run(sequence[standing:])
    return 1e9 * (process_time() - started) / max(1, len(sequence) - standing), online


def rows(key: tuple[int, int, int, str], args: argparse.Namespace) -> list[Row]:
    """A row for each policy. key : resources, capacity, copies standing, rules."""
    resources, capacity, standing, rules = key
    problem, sequence = churn(resources, capacity, standing, args.events, rules, args.seed)
    policies = [BASELINE, *(policy for policy in args.policies if policy != BASELINE)]
    times: dict[str, list[float]] = {policy: [] for policy in policies}
    made: dict[str, Row] = {}
    for _ in range(args.rounds):
        for policy in policies:
            nanoseconds, online = once(problem, sequence, standing, policy)
            times[policy].append(nanoseconds)
            made.setdefault(policy, facts(online))
    head = {"resources": resources, "capacity": capacity, "standing": standing, "rules": rules}
    return [head | {"policy": policy} | made[policy] | speeds(times[policy], times[BASELINE]) for policy in policies]


def facts(online: OnlinePacking) -> Row:
    """Open bins, their peak, and what the checker says of the packing."""
    broken = violations(online.problem_now(), online.packing())
    return {"open_bins": online.open_bins, "peak_bins": online.peak_bins, "faults": broken}


def speeds(times: list[float], base: list[float]) -> Row:
    """Medians over rounds of nanoseconds for an event, and of their ratio to the baseline's."""
    nanoseconds = median(times)
    return {
        "ns_per_event": round(nanoseconds, 1),
        "million_events_per_second": round(1e3 / nanoseconds, 3) if nanoseconds else None,
        "over_first_fit": round(median(t / b if b else 1.0 for t, b in zip(times, base, strict=True)), 2),
    }


def line(row: Row) -> str:
    """One line of the table."""
    return (
        f"{row['resources']:>2}{row['capacity']:>10.0e}{row['rules']:>12}  {row['policy']:<16}{row['open_bins']:>10}"
        f"{row['peak_bins']:>10}{row['ns_per_event']:>10.0f}{row['million_events_per_second'] or 0:>10.2f}"
        f"{row['over_first_fit']:>10.2f}" + ("  FAULT: " + row["faults"][0] if row["faults"] else "")
    )


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--policies", nargs="+", choices=POLICIES, default=list(POLICIES), metavar="POLICY")
    made.add_argument("--resources", type=int, nargs="+", default=[1, 2, 4], metavar="D")
    made.add_argument("--capacities", type=int, nargs="+", default=[10**6], metavar="C", help="of each resource")
    made.add_argument("--standing", type=int, nargs="+", default=[4_000, 40_000], metavar="N", help="copies at a time")
    made.add_argument("--rules", nargs="+", choices=RULES, default=["plain"])
    made.add_argument(
        "--events", type=int, default=100_000, help="measured, after the first arrivals (default: 100000)"
    )
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--results", type=Path, default=RESULTS, metavar="DIRECTORY")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write JSON."""
    args = parser().parse_args(arguments)
    compile_s = compiled()
    print(f"kernels compiled or loaded in {compile_s:.2f} s of CPU time, apart from what follows")
    print(
        f"{'d':>2}{'capacity':>10}{'rules':>12}  {'policy':<16}{'open bins':>10}{'peak':>10}{'ns/event':>10}"
        f"{'M/s':>10}{'/ first':>10}"
    )
    measured: list[Row] = []
    for key in product(args.resources, args.capacities, args.standing, args.rules):
        for row in rows(key, args):
            measured.append(row)
            print(line(row), flush=True)
    args.results.mkdir(parents=True, exist_ok=True)
    file = args.results / f"online-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    machine = {"python": platform.python_version(), "machine": platform.machine(), "compile_s": round(compile_s, 2)}
    asked = {"events": args.events, "rounds": args.rounds, "seed": args.seed}
    file.write_text(json.dumps(machine | asked | {"rows": measured}, indent=1) + "\n")
    print(f"written: {file}")
    return 1 if any(row["faults"] for row in measured) else 0


if __name__ == "__main__":
    sys.exit(main())

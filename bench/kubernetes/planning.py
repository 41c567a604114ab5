"""Fewest nodes for workloads with zones and affinities: python bench/kubernetes/planning.py FILE... [--help]

FILE has a workload on each line: ``list`` (a Kubernetes List), ``node`` (allocatable amounts), ``zones``, and for comparison
``volume_bound`` and ``scheduler_nodes``, the nodes that a real scheduler used. Every plan is replayed through the filters.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "solvers")]

from binpack.kubernetes.planning.node_class import NodeType, node_classes  # noqa: E402
from binpack.kubernetes.planning.planner import plan_nodes  # noqa: E402
from binpack.kubernetes.planning.pod_sets import read_pod_sets  # noqa: E402
from binpack.kubernetes.resource_list import read_resource_list, whole_amounts  # noqa: E402
from binpack.workload.documents import parse_documents  # noqa: E402
from binpack.workload.source_text import SourceText  # noqa: E402


@dataclass
class Result:
    """nodes : of the plan, None without one. scheduler : the fewest that the real one used. seconds : wall time, without
    compiling kernels. refused : pods that the filters do not accept where the plan has them."""

    name: str
    pods: int
    nodes: int | None
    bound: int
    scheduler: int
    volume: int
    seconds: float
    refused: int
    status: str


def results(files: list[Path], time_limit: float, limit: int | None) -> Iterator[Result]:
    """One for each workload."""
    for file in files:
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        for line in content.splitlines()[:limit]:
            yield result(json.loads(line), time_limit)


def result(case: dict[str, Any], time_limit: float) -> Result:
    """Plan one workload."""
    [document] = parse_documents(SourceText(case["name"], json.dumps(case["list"])))
    [node] = parse_documents(SourceText("node", json.dumps(case["node"])))
    kind = NodeType("node", whole_amounts(read_resource_list(node, print)))
    started = perf_counter()
    sets = read_pod_sets([document], lambda note: None)
    plan = plan_nodes(sets, node_classes([kind], case["zones"]), time_limit=time_limit)
    seconds = perf_counter() - started - plan.solution.statistics.compile_s
    used = [n for order, n in case["scheduler_nodes"].items() if not order.endswith("pending")]
    return Result(
        case["name"],
        case["pods"],
        plan.solution.bins,
        plan.solution.lower_bound,
        min(used),
        case["volume_bound"],
        round(seconds, 2),
        len(plan.accepted.refused),
        plan.solution.status,
    )


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--time-limit", type=float, default=30.0, help="seconds for each workload (default: 30)")
    parser.add_argument("--limit", type=int, help="only so many workloads of a file")
    parser.add_argument("-o", "--output", type=Path, help="write the results as JSON, one a line")
    args = parser.parse_args()
    found = []
    print(f"{'workload':12}{'pods':>6}{'volume':>8}{'bound':>7}{'nodes':>7}{'scheduler':>11}{'s':>7}  status")
    for each in results(args.files, args.time_limit, args.limit):
        found.append(each)
        print(
            f"{each.name:12}{each.pods:6}{each.volume:8}{each.bound:7}{each.nodes or '-':>7}{each.scheduler:11}"
            f"{each.seconds:7.1f}  {each.status}{f', {each.refused} refused' if each.refused else ''}",
            flush=True,
        )
    if args.output is not None:
        args.output.write_text("".join(json.dumps(asdict(each)) + "\n" for each in found))
    proven = sum(each.status == "optimal" for each in found)
    print(
        f"{proven} of {len(found)} proven; nodes {sum(each.nodes or 0 for each in found)}, bounds "
        f"{sum(each.bound for each in found)}, scheduler {sum(each.scheduler for each in found)}, volume "
        f"{sum(each.volume for each in found)}; median {statistics.median(each.seconds for each in found):.1f} s"
    )
    return 1 if any(each.refused or each.nodes is None for each in found) else 0


if __name__ == "__main__":
    sys.exit(main())

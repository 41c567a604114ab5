"""Fewest nodes for workloads with zones and affinities: python bench/kubernetes/planning.py [FILE...] [--generated] [--help]

FILE has a workload on each line: ``list`` (a Kubernetes List), ``node`` (allocatable amounts), ``zones``, and for comparison
``volume_bound`` and ``scheduler_nodes``, the nodes that a real scheduler used. Every plan is replayed through the filters.
``--generated`` draws 300 workloads with 10,000 pods over 40 priced node types in three zones.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "solvers")]

from bench.kubernetes.instance import draw_templates  # noqa: E402
from binpack.kubernetes.planning.node_class import NodeType, node_classes  # noqa: E402
from binpack.kubernetes.planning.planner import plan_nodes  # noqa: E402
from binpack.kubernetes.planning.pod_sets import PodSet, read_pod_sets  # noqa: E402
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


GIB = 1 << 30
CPUS = (2, 4, 8, 12, 16, 24, 32, 48, 64, 96)
GIB_PER_CPU = (2, 4, 8, 16)


def draw_types() -> list[NodeType]:
    """Forty types: ten sizes with four ratios of memory to CPU, at about what a cloud asks; every second one has a disk.

    Of each 90 % of the CPU and 92 % of the memory are allocatable, and 110 pods.
    """
    found = []
    for number, (cpu, ratio) in enumerate((cpu, ratio) for cpu in CPUS for ratio in GIB_PER_CPU):
        allocatable = {"cpu": cpu * 900, "memory": cpu * ratio * GIB * 92 // 100, "pods": 110}
        price = cpu * (30_000 + 4_500 * ratio)
        labels = {"disk": "ssd" if number % 2 else "network"}
        found.append(NodeType(f"c{cpu}-m{cpu * ratio}", allocatable, price, labels))
    return found


def draw_sets(workloads: int, pods: int, draw: random.Random) -> list[PodSet]:
    """Workloads of three to some hundred copies, ``pods`` in all: every zone may have one that another follows."""
    shares = [draw.uniform(1, 4) ** 3 for _ in range(workloads)]
    more = pods - 3 * workloads
    ends = [round(more * sum(shares[: n + 1]) / sum(shares)) for n in range(workloads)]
    templates = draw_templates(workloads, draw)
    copies = [3 + end - before for before, end in zip([0, *ends], ends, strict=False)]
    return [PodSet(f"app-{n}", "Deployment", c, t) for n, (c, t) in enumerate(zip(copies, templates, strict=True))]


def generated(workloads: int, pods: int, time_limit: float, seed: int) -> bool:
    """Plan one drawn workload and print what it took; whether every pod is accepted."""
    sets, classes = draw_sets(workloads, pods, random.Random(seed)), node_classes(draw_types(), "abc")
    wall, cpu = perf_counter(), process_time()
    plan = plan_nodes(sets, classes, time_limit=time_limit)
    wall, cpu = perf_counter() - wall, process_time() - cpu
    solution, refused = plan.solution, len(plan.accepted.refused)
    dollars = (solution.cost or 0) * plan.unit / 1e6
    gap = "-" if solution.gap is None else f"{100 * (1 - solution.cost_lower_bound / (solution.cost or 1)):.2f} %"
    print(f"seed {seed}: {pods} pods of {workloads} workloads, {len(classes)} classes of nodes")
    print(f"  {solution.status}: {solution.bins} nodes, ${dollars:.2f} an hour, gap of cost {gap}")
    print(f"  {wall:.1f} s ({cpu:.1f} s CPU): compiling {solution.statistics.compile_s:.1f}, solving "
          f"{solution.statistics.time_s:.1f}, {refused} pods refused")  # fmt: skip
    return not refused and solution.bins is not None


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--generated", action="store_true", help="plan drawn workloads")
    parser.add_argument("--workloads", type=int, default=300, help="how many are drawn (default: 300)")
    parser.add_argument("--pods", type=int, default=10_000, help="pods of those drawn (default: 10000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time-limit", type=float, default=30.0, help="seconds for each workload (default: 30)")
    parser.add_argument("--limit", type=int, help="only so many workloads of a file")
    parser.add_argument("-o", "--output", type=Path, help="write the results as JSON, one a line")
    args = parser.parse_args()
    if args.generated:
        return 0 if generated(args.workloads, args.pods, args.time_limit, args.seed) else 1
    if not args.files:
        parser.error("expected files, or --generated")
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

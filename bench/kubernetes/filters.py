"""How many pods a second the filters judge against every node: python bench/kubernetes/filters.py [--help]

Each pod is judged on all nodes, with refusals, and put on a random node that takes it. The first pod of each workload pays
for what is computed once a workload; it is timed apart.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "solvers")]

from bench.kubernetes.instance import draw_nodes, draw_templates  # noqa: E402
from binpack.kubernetes.cluster_state import ClusterState  # noqa: E402
from binpack.kubernetes.filters.default_profile import filter_nodes, judge  # noqa: E402
from binpack.kubernetes.pod import Pod, PodTemplate  # noqa: E402
from binpack.kubernetes.simulation import simulate  # noqa: E402


def run(args: argparse.Namespace) -> None:
    """Fill the cluster to ``placed`` pods, then time the pods after them."""
    draw = random.Random(args.seed)
    state = ClusterState(draw_nodes(args.nodes, draw))
    templates = draw_templates(args.workloads, draw)
    begun = process_time()
    place(state, [Pod(f"first-{number}", template) for number, template in enumerate(templates)], draw)
    first = process_time() - begun
    place(state, pods_of(templates, args.placed - args.workloads, "before", draw), draw)
    measured = pods_of(templates, args.pods, "timed", draw)
    wall, cpu = perf_counter(), process_time()
    refused = place(state, measured, draw)
    wall, cpu = perf_counter() - wall, process_time() - cpu
    print(f"{args.nodes} nodes, {args.workloads} workloads, {sum(1 for _ in state.pods())} pods placed at the end")
    print(f"first pod of each workload: {1000 * first / args.workloads:.1f} ms CPU")
    print(f"{args.pods} pods: {args.pods / wall:.0f} a second of wall time, {args.pods / cpu:.0f} a second of CPU time")
    print("refusals:", ", ".join(f"{plugin} {count}" for plugin, count in refused.most_common()))
    cpu = process_time()
    for pod in measured[: args.listed]:
        filter_nodes(state, pod)
    print(f"as lists of refusals: {args.listed / (process_time() - cpu):.0f} pods a second of CPU time")
    pods = pods_of(templates, args.listed, "simulated", draw)
    cpu = process_time()
    simulate(state, pods)
    print(
        f"scored and placed as the scheduler does: {args.listed / (process_time() - cpu):.0f} pods a second of CPU time"
    )


def pods_of(templates: Sequence[PodTemplate], count: int, name: str, draw: random.Random) -> list[Pod]:
    """Pods of workloads drawn at random."""
    return [Pod(f"{name}-{number}", draw.choice(templates)) for number in range(count)]


def place(state: ClusterState, pods: Sequence[Pod], draw: random.Random) -> Counter[str]:
    """Judge each pod and put it on some node that takes it; how many nodes each plug-in refused."""
    refused: Counter[str] = Counter()
    for pod in pods:
        outcome = judge(state, pod)
        counts = np.bincount(outcome.codes, minlength=len(outcome.refusals) + 1)
        for refusal, count in zip(outcome.refusals, counts[1:], strict=True):
            refused[refusal.plugin] += int(count)
        fitting = np.flatnonzero(outcome.passes)
        if len(fitting):
            state.add(pod, state.nodes[fitting[draw.randrange(len(fitting))]].name)
    return refused


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--nodes", type=int, default=5000)
    made.add_argument("--workloads", type=int, default=300)
    made.add_argument("--placed", type=int, default=20_000, help="pods in place before the clock starts")
    made.add_argument("--pods", type=int, default=5000, help="pods that are timed")
    made.add_argument(
        "--listed",
        type=int,
        default=1000,
        help="pods of which refusals are listed, and as many more to be scored; timed apart",
    )
    made.add_argument("--seed", type=int, default=1)
    return made


if __name__ == "__main__":
    run(parser().parse_args())

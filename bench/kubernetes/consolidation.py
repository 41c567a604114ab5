"""What moving running pods saves, and how many moves that takes: python bench/kubernetes/consolidation.py [--help]

Pods of random workloads come to random nodes that take them, as after a long life of a cluster; one in twenty may not move.
Every step of the answer is replayed through the filters.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "solvers")]

from bench.kubernetes.filters import place, pods_of  # noqa: E402
from bench.kubernetes.instance import draw_nodes, draw_templates  # noqa: E402
from binpack.kubernetes.cluster_state import ClusterState  # noqa: E402
from binpack.kubernetes.planning.consolidation import Limits, consolidate  # noqa: E402

STAY = 0.05


def run(args: argparse.Namespace) -> None:
    """Fill the cluster, consolidate it, and print nodes, moves and CPU time."""
    for seed in range(args.seed, args.seed + args.seeds):
        draw = random.Random(seed)
        state = ClusterState(draw_nodes(args.nodes, draw))
        place(state, pods_of(draw_templates(args.workloads, draw), args.pods, "pod", draw), draw)
        stays = {pod.key: "" if draw.random() >= STAY else "drawn to stay" for pod, _ in state.pods()}
        begun = process_time()
        found = consolidate(state, [], stays, Limits(args.max_moves, args.time_limit, seed=seed))
        fewer = ", {} by {}".format(*found.with_fewer_moves) if found.with_fewer_moves else ""
        print(
            f"seed {seed}: {len(stays)} pods on {len(found.before)} nodes; {len(found.after)} by {found.moves} moves{fewer} "
            f"(at least {found.least}), {found.unreached} without an order, {process_time() - begun:.1f} s CPU"
        )


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--nodes", type=int, default=60)
    made.add_argument("--pods", type=int, default=600)
    made.add_argument("--workloads", type=int, default=60)
    made.add_argument("--max-moves", type=int)
    made.add_argument("--time-limit", type=float, default=20.0)
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--seeds", type=int, default=3)
    return made


if __name__ == "__main__":
    run(parser().parse_args())

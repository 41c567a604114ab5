"""Bytes of images that as many machines fetch, packed with regard to them and without: python bench/images/run.py [--help]

Images are drawn: bases, middles and layers of their own of some dozen to some hundred MiB. Seconds are CPU seconds.
Exit status 1 where images cost a machine.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "solvers")]

from binpack.comparison import EraResult  # noqa: E402
from binpack.eras.options import PARTS, EraOptions  # noqa: E402
from binpack.planning import compare_eras  # noqa: E402
from binpack.units import GIB, MIB  # noqa: E402
from binpack.workload.application import Application, Container  # noqa: E402
from binpack.workload.image import Image  # noqa: E402
from binpack.workload.layer import Layer  # noqa: E402
from binpack.workload.workload import Workload  # noqa: E402

ERAS = ("containers", "kubernetes")
COPIES = 15  # on average
HEADER = ("images", "seed", "era", "copies", "machines", "apart GiB", "without", "plan", "at least", "s")


def drawn(images: int, seed: int) -> Workload:
    """An application for each image; eight images to a base and four to a middle layer on average."""
    rng = random.Random(f"{images} {seed}")
    bases = [Layer(f"base {k}", rng.randint(30, 900) * MIB) for k in range(max(3, images // 8))]
    middles = [Layer(f"middle {k}", rng.randint(10, 300) * MIB) for k in range(max(3, images // 4))]
    layers = [
        (rng.choice(bases), rng.choice(middles), Layer(f"own {k}", rng.randint(5, 200) * MIB)) for k in range(images)
    ]
    applications = tuple(
        Application(
            f"app{k}",
            rng.randint(1, 2 * COPIES - 1),
            {"cpu": rng.randint(50, 2000), "memory": rng.randint(64, 4096) * MIB},
            containers=(Container("app", f"drawn/image{k}"),),
        )
        for k in range(images)
    )
    named = {f"docker.io/drawn/image{k}:latest": (Image(own),) for k, own in enumerate(layers)}
    return Workload("drawn", applications, images=named)


def row_of(workload: Workload, era: str, seconds: float) -> EraResult:
    """One era's row, as parts, on the default machine."""
    options = EraOptions(time_limit=seconds)
    return compare_eras(workload, eras=(era,), shapes=(PARTS,), options=options).rows[0]


def main(arguments: list[str] | None = None) -> int:
    """The command: a line for each size, seed and era."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--images", nargs="+", type=int, default=[40, 200])
    made.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    made.add_argument("--time-limit", type=float, default=10.0, help="seconds for each problem (default: 10)")
    args = made.parse_args(arguments)
    row_of(drawn(3, 0), ERAS[0], 0.2)  # loads the kernels
    dearer = False
    print("".join(f"{title:>12}" for title in HEADER))
    for images, seed, era in ((n, seed, era) for n in args.images for seed in args.seeds for era in ERAS):
        workload = drawn(images, seed)
        alone = row_of(Workload("alone", workload.applications), era, args.time_limit)
        started = process_time()
        row = row_of(workload, era, args.time_limit)
        took, use = process_time() - started, row.plan.images
        assert use is not None
        assert use.without_regard is not None
        found = (use.apart.pulled, use.without_regard.pulled, use.plan.pulled, use.lower_bound)
        cells = (images, seed, era, row.instances, row.machines, *(f"{amount / GIB:.1f}" for amount in found))
        print("".join(f"{cell!s:>12}" for cell in (*cells, f"{took:.1f}")), flush=True)
        dearer |= row.machines > alone.machines
    return int(dearer)


if __name__ == "__main__":
    sys.exit(main())

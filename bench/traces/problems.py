"""Problems from public traces of clusters, as their files state them: what asks, which machines there are, which rules.

Columns and sources are told in the README of the folder of traces. Fractions are scaled to integers, exactly.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
from binpack_solvers.problem import Problem

DLRM_MACHINE = {"cpu": 192, "gpu": 8, "rdma": 200, "memory": 2048, "disk": 15360}
"""The trace names no machine: eight GPUs, and of the rest what holds the largest request eight times over, rounded."""


def rows(path: Path) -> Iterator[list[str]]:
    """The lines of a compressed CSV file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.reader(stream)


def openb(folder: Path) -> Problem:
    """Pods of the default list, all at once, on any number of each node type: thousandths of a CPU, MiB, thousandths of a
    GPU. A pod that names GPU models stands on nodes of these alone."""
    nodes = list(rows(folder / "openb_node_list_all_node.csv.gz"))[1:]
    types = sorted({(int(cpu), int(memory), int(gpu), model) for _, cpu, memory, gpu, model in nodes})
    pods: Counter[tuple[int, int, int, str]] = Counter()
    for _, cpu, memory, gpus, share, spec, *_ in list(rows(folder / "openb_pod_list_default.csv.gz"))[1:]:
        pods[int(cpu), int(memory), int(gpus) * int(share), spec] += 1
    kinds = sorted(pods)
    return Problem(
        [kind[:3] for kind in kinds],
        [(cpu, memory, gpu * 1000) for cpu, memory, gpu, _ in types],
        demands=[pods[kind] for kind in kinds],
        compatible=[[not spec or model in spec.split("|") for *_, model in types] for *_, spec in kinds],
    )


def dlrm(folder: Path) -> Problem:
    """Instances of recommendation models, with at most so many of an application on a machine."""
    lines = list(rows(folder / "disaggregated_DLRM_trace.csv.gz"))
    column = {name: at for at, name in enumerate(lines[0])}
    asked: Counter[tuple[str, int, tuple[int, ...]]] = Counter()
    for line in lines[1:]:
        most = line[column["max_instance_per_node"]]
        size = tuple(_scaled(line[column[f"{name}_request"]], 1000) for name in DLRM_MACHINE)
        asked[line[column["app_name"]] + line[column["role"]], int(most or -1), size] += 1
    kinds = sorted(asked)
    limits = [(n, n, most) for n, (_, most, _) in enumerate(kinds) if most > 0]
    return Problem(
        [size for *_, size in kinds],
        [_scaled(amount, 1000) for amount in DLRM_MACHINE.values()],
        demands=[asked[kind] for kind in kinds],
        limits=limits,
    )


def tianchi(folder: Path) -> Problem:
    """Instances of applications by their use of CPU and memory over a day at 98 points each, disk and three counts, on two
    sizes of machines, with interference: where an i stands, at most k of j; of i itself k + 1 in all."""
    prefix = "scheduling_preliminary_b_"
    use = {app: rest for app, *rest in rows(folder / f"{prefix}app_resources_20180726.csv.gz")}
    count = Counter(app for _, app, *_ in rows(folder / f"{prefix}instance_deploy_20180726.csv.gz"))
    place = {app: n for n, app in enumerate(use)}
    machines = Counter(tuple(line[1:]) for line in rows(folder / f"{prefix}machine_resources_20180726.csv.gz"))
    limits = [
        (place[i], place[j], int(k) + (i == j))
        for i, j, k in rows(folder / f"{prefix}app_interference_20180726.csv.gz")
    ]
    sizes = [
        [_scaled(value, 10**6) for curve in (cpu, memory) for value in curve.split("|")]
        + [_scaled(value, 10**6) for value in rest]
        for cpu, memory, *rest in use.values()
    ]
    points = len(next(iter(use.values()))[0].split("|"))
    room = [
        [_scaled(cpu, 10**6)] * points + [_scaled(memory, 10**6)] * points + [_scaled(value, 10**6) for value in rest]
        for cpu, memory, *rest in machines
    ]
    return Problem(
        np.array(sizes),
        np.array(room),
        demands=[count[app] for app in use],
        available=list(machines.values()),
        limits=limits,
    )


def _scaled(amount: str | int, unit: int) -> int:
    scaled = Decimal(amount or 0) * unit
    if scaled != int(scaled):
        raise ValueError(f"{amount} is no multiple of 1/{unit}")
    return int(scaled)


TRACES: dict[str, tuple[str, Callable[[Path], Problem]]] = {
    "openb": ("alibaba-openb-2023", openb),
    "dlrm": ("alibaba-dlrm-2025", dlrm),
    "tianchi": ("alibaba-tianchi-2018", tianchi),
}
"""Name -> folder and reader."""

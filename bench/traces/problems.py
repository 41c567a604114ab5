"""Problems from public traces of clusters, as their files state them: what asks, which machines there are, which rules.

Columns and sources are told in the README of the folder of traces. Fractions are scaled to integers, exactly.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
from binpack_solvers.problem import Problem

from binpack.machines.own_machines import read_machines
from binpack.workload.application import Application
from binpack.workload.reading import read

DLRM_MACHINE = {"cpu": 192, "gpu": 8, "rdma": 200, "memory": 2048, "disk": 15360}
"""The trace names no machine: eight GPUs, and of the rest what holds the largest request eight times over, rounded."""

TIANCHI_TABLES = ("app_resources", "instance_deploy", "app_interference", "machine_resources")


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
    sizes of machines, with interference: where an i stands, at most k of j; of i itself k + 1 in all. As binpack reads them:
    thousandths of a CPU and bytes, rounded up."""
    tables = [folder / f"scheduling_preliminary_b_{name}_20180726.csv.gz" for name in TIANCHI_TABLES]
    applications = read(*tables[:3]).placed
    machines = read_machines(str(tables[3]))
    curved = ("cpu", "memory")
    constant = [resource for resource in machines[0].capacity if resource not in curved]
    points = len(applications[0].curves["cpu"])
    return Problem(
        np.array(
            [
                [amount or 0 for resource in curved for amount in a.curves[resource]]
                + [a.requests.get(resource, 0) for resource in constant]
                for a in applications
            ]
        ),
        np.array(
            [
                [m.capacity[resource] for resource in curved for _ in range(points)]
                + [m.capacity.get(resource, 0) for resource in constant]
                for m in machines
            ]
        ),
        demands=[a.replicas for a in applications],
        available=[m.available for m in machines],
        limits=list(_limits(applications)),
    )


def _limits(applications: Sequence[Application]) -> Iterator[tuple[int, int, int]]:
    """The rules of applications about each other, by their places in the list."""
    place = {a.key: n for n, a in enumerate(applications)}
    for n, a in enumerate(applications):
        if a.placement.max_per_host is not None:
            yield n, n, a.placement.max_per_host
        beside = {**dict.fromkeys(a.placement.apart_from, 0), **a.placement.most_beside}
        yield from ((n, place[other], most) for other, most in beside.items() if other in place)


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

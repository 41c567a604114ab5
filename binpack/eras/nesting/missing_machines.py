"""Where machines of VMs run short: the same problem with further machines at a price that none of those there has, so that
as few as possible are missing; what stands on the missing ones finds no room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
from binpack_solvers.nested.nested_packing import NestedPacking
from binpack_solvers.nested.nested_problem import NestedProblem
from binpack_solvers.problem import UNLIMITED


def with_missing_hosts(problem: NestedProblem) -> NestedProblem:
    """Each kind of host once more, in any number; one of them costs more than all hosts that there are together."""
    outer = problem.outer
    limited = np.where(outer.available == UNLIMITED, 0, outer.available)
    price = 1 + sum(cost * count for cost, count in zip(outer.cost.tolist(), limited.tolist(), strict=True))
    doubled = outer.replace(
        capacity=np.vstack([outer.capacity, outer.capacity]),
        cost=[*outer.cost.tolist(), *(cost + price for cost in outer.cost.tolist())],
        available=[*outer.available.tolist(), *(UNLIMITED for _ in range(outer.bin_types))],
        compatible=np.hstack([outer.compatible, outer.compatible]),
        topology=None,
        bin_names=[*outer.bin_names, *(f"missing {name}" for name in outer.bin_names)],
    )
    return NestedProblem(problem.inner, doubled, most_per_host=problem.most_per_host, apart=problem.apart)


def without_missing_hosts(packing: NestedPacking, host_types: int) -> tuple[NestedPacking, Mapping[int, int]]:
    """What stands on hosts that are there, the first ``host_types`` kinds; item type -> copies on those that are not."""
    boxes = list(packing.boxes.patterns)
    lost: Counter[int] = Counter()

    def hosts() -> Iterator[tuple[int, list[tuple[int, Mapping[int, int]]]]]:
        for host in packing.hosts.patterns:
            content = [boxes[row] for row, count in host.items.items() for _ in range(count)]
            if host.bin_type < host_types:
                for _ in range(host.multiplicity):
                    yield host.bin_type, [(box.bin_type, box.items) for box in content]
                continue
            for box in content:
                lost.update({item: copies * host.multiplicity for item, copies in box.items.items()})

    return NestedPacking.of_hosts(hosts()), lost

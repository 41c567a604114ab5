"""The independent checker of nested packings: boxes, hosts and what stands on one host, counted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from binpack_solvers.check import violations
from binpack_solvers.errors import CheckError
from binpack_solvers.nested.nested_packing import NestedPacking, NestedSolution
from binpack_solvers.nested.nested_problem import ANY_NUMBER, NestedProblem
from binpack_solvers.packing import Pattern


def check_nested(problem: NestedProblem, answer: NestedSolution | NestedPacking) -> None:
    """Return if every rule is kept and, of a solution, if its numbers are those of its packing; CheckError otherwise."""
    packing = answer if isinstance(answer, NestedPacking) else answer.packing
    found = [] if packing is None else nested_violations(problem, packing)
    if isinstance(answer, NestedSolution) and packing is not None and not found:
        found += _claims(problem, answer, packing)
    if found:
        raise CheckError(found)


def nested_violations(problem: NestedProblem, packing: NestedPacking) -> list[str]:
    """Every rule that is broken, in words; those of boxes begin as ``check`` has them, those of hosts with ``host``."""
    found = violations(problem.inner, packing.boxes)
    if found:
        return found
    boxes = list(packing.boxes.patterns)
    placed: Counter[int] = Counter()
    used: Counter[int] = Counter()
    for number, host in enumerate(packing.hosts.patterns):
        if not all(0 <= row < len(boxes) for row in host.items) or not 0 <= host.bin_type < problem.outer.bin_types:
            return [f"host {number}: a box or a kind of host that there is not"]
        used[host.bin_type] += host.multiplicity
        for row, count in host.items.items():
            placed[row] += count * host.multiplicity
        found += (f"host {number}: {fault}" for fault in _faults(problem, boxes, host))
    for row, box in enumerate(boxes):
        if placed[row] != box.multiplicity:
            found.append(f"host: {placed[row]} boxes of row {row} stand somewhere, there are {box.multiplicity}")
    for k, available in enumerate(problem.outer.available.tolist()):
        if available >= 0 and used[k] > available:
            found.append(f"host: {used[k]} of {problem.outer.bin_name(k)}, {available} are available")
    if sum(used.values()) < problem.outer.minimum_bins:
        found.append(f"host: {sum(used.values())} hosts, at least {problem.outer.minimum_bins} are asked for")
    return found


def _faults(problem: NestedProblem, boxes: list[Pattern], host: Pattern) -> Iterator[str]:
    """What is wrong on one host."""
    outer, kind = problem.outer, host.bin_type
    for r, room in enumerate(outer.capacity[kind].tolist()):
        taken = sum(int(outer.sizes[boxes[row].bin_type, r]) * count for row, count in host.items.items())
        if taken > room:
            yield f"{outer.resource_name(r)}: {taken} taken, {room} there"
    for row in host.items:
        if not outer.compatible[boxes[row].bin_type, kind]:
            yield f"a box of {problem.inner.bin_name(boxes[row].bin_type)} does not go onto {outer.bin_name(kind)}"
        if outer.exclusive[boxes[row].bin_type] and sum(host.items.values()) > 1:
            yield f"a box of {problem.inner.bin_name(boxes[row].bin_type)} is not alone"
    here: Counter[int] = Counter()
    for row, count in host.items.items():
        for i, copies in boxes[row].items.items():
            here[i] += copies * count
    for i, most in enumerate(problem.most_per_host.tolist()):
        if most != ANY_NUMBER and here[i] > most:
            yield f"{here[i]} copies of {problem.inner.item_name(i)}, at most {most}"
    for i, j in problem.apart:
        if here[i] and here[j] and (i != j or here[i] > 1):
            yield f"{problem.inner.item_name(i)} and {problem.inner.item_name(j)} together"


def _claims(problem: NestedProblem, solution: NestedSolution, packing: NestedPacking) -> Iterator[str]:
    """Numbers that are not those of the packing, or contradict each other."""
    hosts = list(packing.hosts.patterns)
    cost = sum(int(problem.outer.cost[host.bin_type]) * host.multiplicity for host in hosts)
    true = (cost, sum(host.multiplicity for host in hosts), sum(box.multiplicity for box in packing.boxes.patterns))
    for name, said, is_ in zip(
        ("cost", "hosts", "boxes"), (solution.cost, solution.hosts, solution.boxes), true, strict=True
    ):
        if said != is_:
            yield f"{name}: {said} stated, the packing has {is_}"
    if solution.cost_lower_bound > cost:
        yield f"cost_lower_bound: {solution.cost_lower_bound} is above the packing's cost of {cost}"
    if (solution.status == "optimal") != (solution.cost_lower_bound == cost):
        yield f"status: {solution.status} with cost {cost} and bound {solution.cost_lower_bound}"

"""Spare nodes: the cheapest ones found with which a plan survives every failure, and without those that it does not need.

An empty node of the same class takes over whatever a failed one held, so adding nodes mends every failure that can be
mended, unless a rule asks for the empty node itself to be filled: a spread over hostnames counts it as a domain without
pods. Such a plan is placed anew over the same nodes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from time import monotonic
from typing import NamedTuple

from binpack_solvers.check import violations
from binpack_solvers.packing import Packing
from binpack_solvers.problem import UNLIMITED

from binpack.kubernetes.planning.failures import Failure, Spare
from binpack.kubernetes.planning.node_class import requested
from binpack.kubernetes.planning.planner import NodePlan, PlannedNode, accepted, numbered_nodes
from binpack.kubernetes.planning.survival import Nodes, Replays, place_again
from binpack.kubernetes.pod import Pod

Contents = Iterable[tuple[int, Sequence[Pod]]]
"""Of each node its class, and the pods on it but the daemons."""
WORST = 8
"""Failures that a further node is judged by, those first that leave most pods without a node."""
SEARCH = 1.0
"""Seconds for a placement on given nodes that simple ways do not find."""


class _Change(NamedTuple):
    """A node left out, or, if it is empty, one of another class in its place."""

    position: int
    other: int | None = None


class SpareNodes:
    """Nodes that come and go in a plan of the same problem as ``first``, whose rules are kept before a failure.

    most_types : no further type of nodes comes to so many; None: any number.
    """

    def __init__(self, first: NodePlan, replays: Replays, spare: Spare, most_types: int | None = None) -> None:
        self.problem, self.replays, self.spare, self.most_types = first.problem, replays, spare, most_types
        self._index = {c.node.name: k for k, c in enumerate(replays.classes)}
        self._item = {pods.pod(n).key: i for i, pods in enumerate(first.sets) for n in range(pods.copies)}

    def mended(self, nodes: Nodes, end: float) -> Nodes:
        """The nodes with further ones, as long as one helps some of the pods that a failure leaves without a node: of types
        in use, or of any where none of these does.

        What is not mended by ``end``, a moment of the monotonic clock, has spares of every class that may need one.
        """
        while worst := self._worst(nodes, end):
            used = {planned.of.type_name for planned in nodes}
            choice = self._choice(nodes)
            few = [k for k in choice if self.replays.classes[k].type_name in used]
            ways = chain(self._with_more(nodes, worst, few, end), self._with_more(nodes, worst, choice, end))
            better = next(ways, None)
            if better is None:
                break
            nodes = better
        return nodes if monotonic() < end else self._with_spares(nodes)

    def _with_spares(self, nodes: Nodes) -> Nodes:
        """The nodes, and for each that may fail an empty one that takes over all it holds, where there may be one.

        So many of each class in use as may fail at once, but for those classes that another one in use outdoes: at least
        as much room, for every pod that the class takes, in the same domains. No such nodes stand for a lost zone.
        """
        if self.spare == "zone":
            return nodes
        there = self._count(nodes)
        empty = self._count(planned for planned in nodes if not planned.movable)
        best: list[int] = []
        for k in sorted(there):
            if not any(self._outdoes(other, k) for other in best):
                best = [other for other in best if not self._outdoes(k, other)] + [k]
        counts: dict[str, int] = {}
        for k in best:
            each = self.replays.classes[k]
            wanted = there[k] + max(0, self.spare - empty[k])
            counts[each.node.name] = wanted if each.available == UNLIMITED else min(wanted, each.available)
        return self.acceptable(self.with_all(nodes, counts)) or nodes

    def _outdoes(self, k: int, other: int) -> bool:
        """Does an empty node of class ``k`` take over from any of the other class?"""
        problem = self.problem
        roomy = bool((problem.capacity[k] >= problem.capacity[other]).all())
        taken = bool((problem.compatible[:, k] >= problem.compatible[:, other]).all())
        return roomy and taken and bool((problem.topology[k] == problem.topology[other]).all())

    def trimmed(self, nodes: Nodes, end: float) -> Nodes:
        """Nodes that stand without those that can be spared, and with cheaper empty ones, as far as is found until ``end``,
        a moment of the monotonic clock."""
        refused: set[object] = set()
        while monotonic() < end:
            change = next((each for each in self._changes(nodes) if self._key(nodes, each) not in refused), None)
            if change is None:
                break
            changed = self._changed(nodes, change)
            stands = changed is not None and self.stands(changed, end)
            if monotonic() > end:  # not all failures may have been replayed
                break
            if changed is not None and stands:
                nodes = changed
            else:
                refused.add(self._key(nodes, change))
        return nodes

    def acceptable(self, nodes: Nodes) -> Nodes | None:
        """The nodes if the filters take every pod, else with the pods placed anew; None where that is not found."""
        return nodes if self._is_accepted(nodes) else self.levelled(nodes)

    def stands(self, nodes: Nodes, end: float) -> bool:
        """Do the filters take every pod of the plan, and again of every failure of it that is replayed by ``end``?"""
        return self._is_accepted(nodes) and not any(self.replays.unmet(nodes, self.spare, end))

    def levelled(self, nodes: Nodes) -> Nodes | None:
        """The same nodes with all pods placed anew and evenly; None where that is not found."""
        bare = self._numbered([(k, ()) for k, _ in self._contents(nodes)])
        state = self.replays.state_of(bare)
        pods = [pod for planned in nodes for pod in planned.movable]
        if place_again(state, pods, SEARCH):
            return None
        on: dict[str, list[Pod]] = {planned.node.name: [] for planned in bare}
        for pod in pods:
            on[state.node_of(pod.key) or ""].append(pod)
        found = self._numbered([(self._index[n.of.node.name], on[n.node.name]) for n in bare])
        return found if self._is_accepted(found) else None

    def packing(self, nodes: Nodes) -> Packing:
        """The nodes as a packing of the problem."""
        items = [(k, Counter(self._item[pod.key] for pod in pods)) for k, pods in self._contents(nodes)]
        return Packing.from_patterns((k, content, 1) for k, content in items)

    def _contents(self, nodes: Nodes) -> list[tuple[int, Sequence[Pod]]]:
        return [(self._index[planned.of.node.name], planned.movable) for planned in nodes]

    def with_all(self, nodes: Nodes, counts: Mapping[str, int]) -> Nodes:
        """The nodes, and after them empty ones, so that there are so many of each class, by name."""
        there = Counter(planned.of.node.name for planned in nodes)
        more = [(self._index[name], ()) for name, count in counts.items() for _ in range(count - there[name])]
        return self._numbered([*self._contents(nodes), *more])

    def _count(self, nodes: Iterable[PlannedNode]) -> Counter[int]:
        """How many there are of each class."""
        return Counter(self._index[planned.of.node.name] for planned in nodes)

    def _numbered(self, contents: Contents) -> Nodes:
        return numbered_nodes(contents, self.replays.classes, self.replays.daemons)

    def _is_accepted(self, nodes: Nodes) -> bool:
        kept = not violations(self.problem, self.packing(nodes))
        return kept and not accepted(nodes, self.replays.namespaces).refused

    def _worst(self, nodes: Nodes, end: float) -> list[Failure]:
        """The failures that leave most pods without a node, of those that are replayed by ``end``."""
        unmet = sorted(self.replays.unmet(nodes, self.spare, end), key=lambda pair: -pair[1])
        return [failure for failure, _ in unmet[:WORST]]

    def _with_more(self, nodes: Nodes, worst: Sequence[Failure], choice: Sequence[int], end: float) -> Iterator[Nodes]:
        """The plan with more nodes of each class that helps, the one first that helps most pods for its price."""
        pending = [self.replays.pending(nodes, failure) for failure in worst]
        there = self._count(nodes)
        ranked = []
        for k in choice:
            if monotonic() > end:
                break
            each = self.replays.classes[k]
            count = self._half_of(k, pending[0])
            if each.available != UNLIMITED:
                count = min(count, each.available - there[k])
            more = self._numbered([*self._contents(nodes), *[(k, ())] * count])
            helped = sum(map(len, pending)) - sum(len(self.replays.pending(more, f.among(more))) for f in worst)
            if helped > 0:
                ranked.append((-Fraction(helped, count * (each.price or 1)), each.price, k, more))
        for *_, more in sorted(ranked, key=lambda entry: entry[:3]):
            if (kept := self.acceptable(more)) is not None:
                yield kept

    def _choice(self, nodes: Nodes) -> list[int]:
        """The classes of which there may be more nodes."""
        used = {planned.of.type_name for planned in nodes}
        any_type = self.most_types is None or len(used) < self.most_types
        return [k for k, c in enumerate(self.replays.classes) if any_type or c.type_name in used]

    def _half_of(self, k: int, pods: Sequence[Pod]) -> int:
        """So many nodes of a class hold half of the pods, as far as volume says; at least one."""
        total = Counter[str]()
        for pod in pods:
            total.update(requested(pod.template))
        room = self.replays.free[k]
        return max([1, *(amount // (2 * room[name]) for name, amount in total.items() if room.get(name, 0) > 0)])

    def _changes(self, nodes: Nodes) -> Iterator[_Change]:
        """Each node left out, those first that hold least and cost most; then empty ones as nodes of a cheaper class."""
        classes = self.replays.classes
        there = self._count(nodes)
        order = sorted(range(len(nodes)), key=lambda k: (len(nodes[k].movable), -nodes[k].of.price, k))
        for position in order if len(nodes) > self.problem.minimum_bins else ():
            yield _Change(position)
        choice = (k for k in self._choice(nodes) if there[k] != classes[k].available)
        cheap = sorted(choice, key=lambda k: classes[k].price)
        for position in order:
            if not nodes[position].movable:
                yield from (_Change(position, k) for k in cheap if classes[k].price < nodes[position].of.price)

    def _key(self, nodes: Nodes, change: _Change) -> object:
        """What makes two changes the same."""
        planned = nodes[change.position]
        return planned.of.node.name, frozenset(pod.key for pod in planned.movable), change.other

    def _changed(self, nodes: Nodes, change: _Change) -> Nodes | None:
        """The nodes after a change, pods of a node that is left out on others; None where they find no place."""
        if change.other is not None:
            contents = list(self._contents(nodes))
            contents[change.position] = (change.other, ())
            return self._numbered(contents)
        left = [planned for k, planned in enumerate(nodes) if k != change.position]
        state = self.replays.state_of(left)
        pods = nodes[change.position].movable
        if place_again(state, pods):
            return None
        on: dict[str | None, list[Pod]] = {}
        for pod in pods:
            on.setdefault(state.node_of(pod.key), []).append(pod)
        return self._numbered((self._index[n.of.node.name], (*n.movable, *on.get(n.node.name, ()))) for n in left)

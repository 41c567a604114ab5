"""The scheduler's rules between pods, as rules of a Problem whose items are sets of equal pods that wait for a node.

A rule of the scheduler looks at one pod and what stands already; here it holds of everything at the end. Where both differ,
what holds at the end is stricter, so that an order exists in which the scheduler accepts each pod (``acceptance``). Pods in
place stay: what they bar is barred, and what a spread counts of them are items of no size, fixed where they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from binpack_solvers.rules import Spread

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.inter_pod_affinity import affinity_holds
from binpack.kubernetes.filters.pod_topology_spread import eligible_nodes
from binpack.kubernetes.node_labels import Mask
from binpack.kubernetes.planning.affinity import companions
from binpack.kubernetes.planning.node_class import HOSTNAME
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.pod import PodTemplate
from binpack.kubernetes.pod_counts import Selection, SpreadSelection, TermSelection, class_of
from binpack.kubernetes.topology_spread import SpreadConstraint

Int64 = npt.NDArray[np.int64]


@dataclass
class Rules:
    """limits, requires, spread, topology : as ``Problem`` has them. barred : (set, node) where a set's affinity is not met.

    standing : for each item that follows the sets, the counted pods in place on each node.
    stricter : what is asked beyond the scheduler's own rule, in words: bounds do not hold for plans without it.
    """

    limits: list[tuple[int, int, int, int]] = field(default_factory=list)
    requires: list[tuple[int, int, int]] = field(default_factory=list)
    spread: list[Spread] = field(default_factory=list)
    topology: list[list[int]] = field(default_factory=list)
    barred: set[tuple[int, int]] = field(default_factory=set)
    standing: list[list[int]] = field(default_factory=list)
    stricter: list[str] = field(default_factory=list)


def rules_between(sets: Sequence[PodSet], state: ClusterState, given: bool) -> Rules:
    """All rules among the sets. state : the nodes with the pods in place if they are ``given``, or one empty node of each
    class of which there may be some."""
    return _Compiler(sets, state, given).rules


class _Compiler:
    def __init__(self, sets: Sequence[PodSet], state: ClusterState, given: bool) -> None:
        self.sets, self.state, self.rules = sets, state, Rules()
        self._classes = [class_of(pods.pod(0)) for pods in sets]
        self._given = given
        self._columns: dict[tuple[str, bytes], tuple[str, Mask]] = {}
        self._rows: dict[Selection, list[int]] = {}
        self._ports()
        for i, pods in enumerate(sets):
            self._keep_apart(i, pods.template)
            for constraint in pods.template.spread:
                if constraint.hard:
                    self._spread(i, constraint)
        self._keep_together()
        columns = [np.where(mask, state.labels.column(key).numbers, -1) for key, mask in self._columns.values()]
        self.rules.topology = np.array(columns, np.int64).reshape(len(columns), len(state.nodes)).T.tolist()

    def _level(self, key: str, eligible: Mask | None = None) -> int:
        """The level of a topology key among eligible nodes. Of new nodes each is a domain by its hostname; of
        given ones those without pods are domains too."""
        if key == HOSTNAME and not self._given:
            return 0
        present = self.state.labels.column(key).present
        mask = present if eligible is None else present & eligible
        name = (key, mask.tobytes())
        self._columns.setdefault(name, (key, mask))
        return list(self._columns).index(name) + 1

    def _selected(self, selection: Selection) -> list[int]:
        """The sets whose pods are selected."""
        if selection not in self._rows:
            self._rows[selection] = [
                j
                for j, pods in enumerate(self._classes)
                if selection.selects(pods, dict(pods.labels), self.state.namespaces)
            ]
        return self._rows[selection]

    def _ports(self) -> None:
        """Pods that take the same port of the host stand on different nodes."""
        taking = [i for i, pods in enumerate(self.sets) if pods.template.host_ports]
        for i in taking:
            for j in taking:
                mine, others = self.sets[i].template.host_ports, self.sets[j].template.host_ports
                if i <= j and any(a.conflicts(b) for a in mine for b in others):
                    self.rules.limits.append((i, j, int(i == j), 0))

    def _keep_apart(self, i: int, template: PodTemplate) -> None:
        for term in template.anti_affinity:
            for j in self._selected(TermSelection((term,), template.namespace)):
                self.rules.limits.append((i, j, int(i == j), self._level(term.topology_key)))

    def _keep_together(self) -> None:
        """A pod with affinity stands in each term's domain with a pod that matches all terms."""
        matching: dict[int, list[int]] = {}
        for i, pods in enumerate(self.sets):
            if pods.template.affinity:
                selection = TermSelection(pods.template.affinity, pods.template.namespace)
                selected = self._selected(selection)
                if self._met_in_place(pods.template, selection):
                    self._bar(i, affinity_holds(self.state, pods.template))
                    if selected not in ([], [i]):
                        self.rules.stricter.append(f"{pods.key}: beside those in place that its affinity admits")
                else:
                    matching[i] = selected
        for i, beside in companions(matching, [pods.copies for pods in self.sets]).items():
            self._beside(i, beside, len(matching[i]) > 1)

    def _met_in_place(self, template: PodTemplate, selection: TermSelection) -> bool:
        """Does a pod in place match all terms, on a node that has any of their keys?"""
        keys = [term.topology_key for term in template.affinity]
        somewhere = np.any([self.state.labels.column(key).present for key in keys], axis=0)
        return bool((self.state.counts.count(selection)[somewhere]).any())

    def _beside(self, i: int, beside: int | None, chosen: bool) -> None:
        if beside is None:
            self._bar(i, np.zeros(len(self.state.nodes), np.bool_))
            return
        if chosen:
            words = "of the pods that its affinity admits, beside those of"
            self.rules.stricter.append(f"{self.sets[i].key}: {words} {self.sets[beside].key}")
        for term in self.sets[i].template.affinity:
            self.rules.requires.append((i, beside, self._level(term.topology_key)))

    def _bar(self, i: int, admitted: Mask) -> None:
        self.rules.barred |= {(i, k) for k in np.flatnonzero(~admitted).tolist()}

    def _spread(self, i: int, constraint: SpreadConstraint) -> None:
        """At the end the eligible domains differ by no more than the skew, which then holds for each pod as it comes."""
        template = self.sets[i].template
        hard = [other.topology_key for other in template.spread if other.hard]
        eligible = eligible_nodes(self.state, template, constraint) & self.state.labels.carrying(hard)
        column = self.state.labels.column(constraint.topology_key)
        level = self._level(constraint.topology_key, eligible)
        domains = np.unique(column.numbers[eligible]) if level else np.flatnonzero(eligible)
        few = len(domains) < constraint.minimum_domains
        selection = SpreadSelection(template.namespace, constraint.selector)
        counted = self._selected(selection)
        in_place = np.where(eligible, self.state.counts.count(selection), 0)
        if in_place.any():
            sums = np.bincount(column.numbers[eligible], in_place[eligible], len(column.values)).astype(np.int64)
            domains = domains[self._may_take(i, constraint, sums[domains], counted, few)]
            in_place = np.where(np.isin(column.numbers, domains), in_place, 0)
        if not len(domains):
            self._bar(i, np.zeros(len(eligible), np.bool_))
            return
        if in_place.any():
            counted = [*counted, len(self.sets) + len(self.rules.standing)]
            self.rules.standing.append(in_place.tolist())
        least = constraint.minimum_domains
        if level:  # which domains there are is known, and those that take no more count as well
            least = len(domains) + 1 if few else 1
        self.rules.spread.append(
            Spread((i,), tuple(counted), level, constraint.maximum_skew, least, tuple(domains.tolist()))
        )

    def _may_take(self, i: int, constraint: SpreadConstraint, sums: Int64, counted: list[int], few: bool) -> Mask:
        """The domains, with these counts in place, that may take one more pod of the set, at the latest when all pods that
        wait have levelled them. The others never have the least count, so the rule is whole without them."""
        waiting = sum(self.sets[j].copies for j in counted)
        floor = 0 if few else highest_floor(sums.tolist(), waiting)
        if sums.max() - (0 if few else sums.min()) > constraint.maximum_skew:
            words = f"even over {constraint.topology_key} again before any is placed where there are too many"
            self.rules.stricter.append(f"{self.sets[i].key}: {words}")
        mask: Mask = sums + (i in counted) <= floor + constraint.maximum_skew
        return mask


def highest_floor(counts: Sequence[int], more: int) -> int:
    """The most that the smallest of some counts (at least one) can become when ``more`` is dealt out among them."""
    floor, lowest = 0, 0
    for place, count in enumerate(sorted(counts)):
        if place * (count - floor) > more:
            break
        more -= place * (count - floor)
        floor = count
        lowest = place + 1
    return floor + more // lowest

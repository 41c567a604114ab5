"""The scheduler's rules between pods, as rules of a Problem whose items are sets of equal pods that wait for a node.

A rule of the scheduler looks at one pod and what stands already; here it holds of everything at the end. Where both differ,
what holds at the end is stricter, so that an order exists in which the scheduler accepts each pod (``acceptance``). Pods in
place stay: what they bar is barred, and what a spread counts of them are items of no size, fixed where they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from binpack_solvers.rules import Spread

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.inter_pod_affinity import affinity_holds
from binpack.kubernetes.filters.pod_topology_spread import eligible_nodes
from binpack.kubernetes.planning.node_class import HOSTNAME
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.pod import PodTemplate
from binpack.kubernetes.pod_counts import Selection, SpreadSelection, TermSelection, class_of
from binpack.kubernetes.topology_spread import SpreadConstraint


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
        self._given = int(given)
        self._levels: dict[str, int] = (
            {} if given else {HOSTNAME: 0}
        )  # of given nodes those without pods are domains too
        self._rows: dict[Selection, list[int]] = {}
        self._ports()
        for i, pods in enumerate(sets):
            self._keep_apart(i, pods.template)
            self._keep_together(i, pods.template)
            for constraint in pods.template.spread:
                if constraint.hard:
                    self._spread(i, constraint)
        columns = [state.labels.column(key).numbers for key, level in self._levels.items() if level]
        self.rules.topology = np.array(columns, np.int64).reshape(len(columns), len(state.nodes)).T.tolist()

    def _level(self, key: str) -> int:
        """The level of a topology key; of new nodes each is a domain by its hostname."""
        return self._levels.setdefault(key, len(self._levels) + self._given)

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

    def _keep_together(self, i: int, template: PodTemplate) -> None:
        """A pod that matches all terms stands in each term's domain; one of the set's own may be the first."""
        if not template.affinity:
            return
        selection = TermSelection(template.affinity, template.namespace)
        matching = self._selected(selection)
        in_place = self.state.counts.count(selection).any()
        if in_place or not matching:
            refused = ~affinity_holds(self.state, template)
            self.rules.barred |= {(i, k) for k in np.flatnonzero(refused).tolist()}
        if in_place and matching != [i]:
            self.rules.stricter.append(f"{self.sets[i].key}: beside those in place that its affinity admits")
        if in_place or not matching:
            return
        others = [j for j in matching if j != i]
        j = i if not others else max(others, key=lambda other: (self.sets[other].copies, -other))
        if len(matching) > 1:
            self.rules.stricter.append(
                f"{self.sets[i].key}: of the pods that its affinity admits, beside those of {self.sets[j].key}"
            )
        for term in template.affinity:
            self.rules.requires.append((i, j, self._level(term.topology_key)))

    def _spread(self, i: int, constraint: SpreadConstraint) -> None:
        template = self.sets[i].template
        hard = [other.topology_key for other in template.spread if other.hard]
        eligible = eligible_nodes(self.state, template, constraint) & self.state.labels.carrying(hard)
        level = self._level(constraint.topology_key)
        column = self.state.labels.column(constraint.topology_key)
        domains = np.unique(column.numbers[eligible]) if level else np.flatnonzero(eligible)
        selection = SpreadSelection(template.namespace, constraint.selector)
        counted = self._selected(selection)
        in_place = np.where(eligible, self.state.counts.count(selection), 0)
        skew = constraint.maximum_skew
        if in_place.any():
            counted = [*counted, len(self.sets) + len(self.rules.standing)]
            self.rules.standing.append(in_place.tolist())
            sums = np.bincount(column.numbers[eligible], in_place[eligible], len(column.values))[domains]
            skew = max(skew, int(sums.max() - sums.min()))  # what is too skewed as it stands may stay so
        self.rules.spread.append(
            Spread(
                carriers=(i,),
                counted=tuple(counted),
                key=level,
                max_skew=skew,
                min_domains=constraint.minimum_domains,
                domains=tuple(domains.tolist()),
            )
        )

"""The affinity terms of the pods on nodes: what pods that stand already want, or refuse to have, beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from binpack.kubernetes.label_index import LabelledIndex, SelectorIndex
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.pod_counts import Counts, Namespaces, PodClass, TermSelection
from binpack.kubernetes.pod_terms import PodTerm


class OwnedTerm(NamedTuple):
    """A term, and the namespace of the pods that have it."""

    term: PodTerm
    namespace: str


class TermOwners:
    """For every term a row: the weights of the pods that have it, added up on each node; for every class of pods the terms
    that select it."""

    def __init__(self, nodes: int, namespaces: Namespaces) -> None:
        self._nodes = nodes
        self._namespaces = namespaces
        self._rows: dict[OwnedTerm, Counts] = {}
        self._against: dict[PodClass, list[tuple[str, Counts]]] = {}
        self._classes = LabelledIndex[PodClass]()
        self._terms = SelectorIndex[OwnedTerm]()

    def add(self, pod: Pod, terms: Iterable[tuple[PodTerm, int]], node: int, change: int = 1) -> None:
        """Count the terms of one more pod on a node, with their weights, or with ``change`` -1 of one less."""
        for term, weight in terms:
            self._row(OwnedTerm(term, pod.template.namespace))[node] += weight * change

    def against(self, pods: PodClass) -> list[tuple[str, Counts]]:
        """Topology key and row of every term that selects pods of this class."""
        if pods not in self._against:
            labels = dict(pods.labels)
            self._classes.add(pods, pods.labels)
            self._against[pods] = [
                (owned.term.topology_key, self._rows[owned])
                for owned in self._terms.candidates(pods.labels)
                if self._selects(owned, pods, labels)
            ]
        return self._against[pods]

    def _selects(self, owned: OwnedTerm, pods: PodClass, labels: dict[str, str]) -> bool:
        return TermSelection((owned.term,), owned.namespace).selects(pods, labels, self._namespaces)

    def _row(self, owned: OwnedTerm) -> Counts:
        if owned not in self._rows:
            row = self._rows[owned] = np.zeros(self._nodes, dtype=np.int32)
            self._terms.add(owned, owned.term.selector.anchors)
            for pods in self._classes.candidates(owned.term.selector.anchors):
                if self._selects(owned, pods, dict(pods.labels)):
                    self._against[pods].append((owned.term.topology_key, row))
        return self._rows[owned]

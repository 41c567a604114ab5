"""How many pods of a kind each node has: counted once for every kind that some pod asks about, then kept up to date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from binpack.kubernetes.label_index import Anchors, LabelledIndex, SelectorIndex
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.pod_terms import PodTerm
from binpack.kubernetes.selectors import Labels, Selector

Counts = npt.NDArray[np.int32]
_NAME_LABEL = "kubernetes.io/metadata.name"


class Namespaces:
    """Labels of namespaces. Every namespace has its name as a label; one that is not listed has no other."""

    def __init__(self, labels: Mapping[str, Labels]) -> None:
        self._labels = {name: {_NAME_LABEL: name, **own} for name, own in labels.items()}

    @property
    def known(self) -> Mapping[str, Labels]:
        """Those that were listed, or asked about."""
        return self._labels

    def labels(self, name: str) -> Labels:
        return self._labels.setdefault(name, {_NAME_LABEL: name})


class PodClass(NamedTuple):
    """What selections look at; pods that agree in it are counted together."""

    namespace: str
    labels: tuple[tuple[str, str], ...]
    terminating: bool


class Selection(Protocol):
    """A kind of pods, hashable."""

    def selects(self, pods: PodClass, labels: Labels, namespaces: Namespaces) -> bool:
        """Are pods of this class, which has these labels, of the kind?"""

    @property
    def anchors(self) -> Anchors:
        """Labels of one key, one of which all selected pods have."""


class SpreadSelection(NamedTuple):
    """The pods that a spread constraint counts: of one namespace, not being deleted; an empty selector counts none
    (``podtopologyspread/common.go``, ``countPodsMatchSelector``)."""

    namespace: str
    selector: Selector

    def selects(self, pods: PodClass, labels: Labels, namespaces: Namespaces) -> bool:
        counted = pods.namespace == self.namespace and not pods.terminating
        return counted and not self.selector.matches_everything and self.selector.matches(labels)

    @property
    def anchors(self) -> Anchors:
        return self.selector.anchors


class TermSelection(NamedTuple):
    """The pods that match all of these affinity terms of a pod in ``namespace``."""

    terms: tuple[PodTerm, ...]
    namespace: str

    def selects(self, pods: PodClass, labels: Labels, namespaces: Namespaces) -> bool:
        own = namespaces.labels(pods.namespace)
        return all(
            term.selector.matches(labels) and term.covers(pods.namespace, own, self.namespace) for term in self.terms
        )

    @property
    def anchors(self) -> Anchors:
        return next((anchors for term in self.terms if (anchors := term.selector.anchors) is not None), None)


class PodCounts:
    """Pods on nodes, by class; and for every selection asked about a row with its count on each node."""

    def __init__(self, nodes: int, namespaces: Namespaces) -> None:
        self._nodes = nodes
        self._namespaces = namespaces
        self._placed: dict[PodClass, Counter[int]] = {}
        self._rows: dict[Selection, Counts] = {}
        self._rows_of: dict[PodClass, list[Counts]] = {}
        self._classes = LabelledIndex[PodClass]()
        self._selections = SelectorIndex[Selection]()

    def count(self, selection: Selection) -> Counts:
        """How many selected pods each node has; the row is kept up to date, and not to be written to."""
        if selection not in self._rows:
            row = self._rows[selection] = np.zeros(self._nodes, dtype=np.int32)
            self._selections.add(selection, selection.anchors)
            for pods in self._classes.candidates(selection.anchors):
                if selection.selects(pods, dict(pods.labels), self._namespaces):
                    placed = self._placed[pods]
                    self._rows_of[pods].append(row)
                    row[list(placed)] += list(placed.values())
        return self._rows[selection]

    def add(self, pod: Pod, node: int) -> None:
        """Count one more pod on a node."""
        pods = class_of(pod)
        if pods not in self._placed:
            labels = dict(pods.labels)
            self._placed[pods] = Counter()
            self._classes.add(pods, pods.labels)
            self._rows_of[pods] = [
                self._rows[selection]
                for selection in self._selections.candidates(pods.labels)
                if selection.selects(pods, labels, self._namespaces)
            ]
        self._placed[pods][node] += 1
        for row in self._rows_of[pods]:
            row[node] += 1

    def remove(self, pod: Pod, node: int) -> None:
        """Take back what :meth:`add` counted."""
        pods = class_of(pod)
        self._placed[pods][node] -= 1
        for row in self._rows_of[pods]:
            row[node] -= 1


def class_of(pod: Pod) -> PodClass:
    """The class that a pod is counted in."""
    return PodClass(pod.template.namespace, pod.template.labels, pod.terminating)

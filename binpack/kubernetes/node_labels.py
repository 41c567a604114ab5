"""The labels of all nodes as columns of numbers, so that one question is put to every node at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.node_affinity import NAME_FIELD, NodeAffinity, NodeTerm
from binpack.kubernetes.selectors import Requirement

Mask = npt.NDArray[np.bool_]


class Column(NamedTuple):
    """One label: its distinct values, and for every node the number of its value, -1 where the label is absent."""

    values: tuple[str, ...]
    numbers: npt.NDArray[np.int64]

    @property
    def present(self) -> Mask:
        return self.numbers >= 0


class NodeLabels:
    """Labels and names of fixed nodes. Columns and answers are kept, so that each is made once."""

    def __init__(self, nodes: Sequence[ClusterNode]) -> None:
        self._nodes = nodes
        self._columns: dict[str, Column] = {}
        self._answers: dict[Requirement, Mask] = {}
        self._names = Column(tuple(node.name for node in nodes), np.arange(len(nodes), dtype=np.int64))

    def column(self, key: str) -> Column:
        """The values of a label; its domains, where the label is a topology key."""
        if key not in self._columns:
            known: dict[str, int] = {}
            numbers = np.full(len(self._nodes), -1, dtype=np.int64)
            for position, node in enumerate(self._nodes):
                if key in node.labels:
                    numbers[position] = known.setdefault(node.labels[key], len(known))
            self._columns[key] = Column(tuple(known), numbers)
        return self._columns[key]

    def carrying(self, keys: Iterable[str]) -> Mask:
        """Which nodes have all of these labels?"""
        held = np.ones(len(self._nodes), dtype=np.bool_)
        for key in keys:
            held &= self.column(key).present
        return held

    def matching(self, affinity: NodeAffinity) -> Mask:
        """Which nodes does a pod with this affinity admit?"""
        held = self._all(affinity.selector)
        if affinity.terms is not None:
            chosen = np.zeros(len(self._nodes), dtype=np.bool_)
            for term in affinity.terms:
                chosen |= self.matching_term(term)
            held &= chosen
        return held

    def matching_term(self, term: NodeTerm) -> Mask:
        """Which nodes match the term?"""
        if term.matches_nothing:
            return np.zeros(len(self._nodes), dtype=np.bool_)
        held = self._all(term.expressions)
        for requirement in term.fields:
            held &= self._answer(requirement, self._names, NAME_FIELD)
        return held

    def _all(self, requirements: Iterable[Requirement]) -> Mask:
        held = np.ones(len(self._nodes), dtype=np.bool_)
        for requirement in requirements:
            if requirement not in self._answers:
                column = self.column(requirement.key)
                self._answers[requirement] = self._answer(requirement, column, requirement.key)
            held &= self._answers[requirement]
        return held

    @staticmethod
    def _answer(requirement: Requirement, column: Column, key: str) -> Mask:
        """The requirement asked once for each value, and once for a node without the label (the last place, number -1)."""
        answers = [*(requirement.matches({key: value}) for value in column.values), requirement.matches({})]
        return np.array(answers, dtype=np.bool_)[column.numbers]

"""Cases with the verdicts of a real scheduler: nodes, pods, and for every pod tried what was said of each node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from binpack.kubernetes.cluster_node import read_cluster_node
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import filter_nodes
from binpack.kubernetes.pod import Pod, read_pod
from binpack.kubernetes.quantity import parse_quantity
from binpack.kubernetes.refusal import Refusal
from binpack.kubernetes.scores.default_profile import score_nodes
from binpack.kubernetes.scores.strategies import LeastAllocated, MostAllocated, RequestedToCapacityRatio, Strategy
from binpack.workload.documents import Node

MICRO = 10**6
STRATEGIES: dict[str, Strategy] = {
    strategy.__class__.__name__: strategy
    for strategy in (LeastAllocated(), MostAllocated(), RequestedToCapacityRatio())
}


@dataclass(frozen=True)
class Case:
    """A case as read. pods: by ``namespace/name``; verdicts: as they stand in the file; strategy: where scores are given."""

    name: str
    state: ClusterState
    pods: dict[str, Pod]
    verdicts: tuple[Node, ...]
    strategy: Strategy | None = None


@dataclass(frozen=True)
class Pair:
    """One pod and one node: the scheduler's refusal and ours, None where the pod fits; and the scores, where given."""

    case: str
    pod: str
    node: str
    expected: Refusal | None
    found: Refusal | None
    expected_score: int | None = None
    found_score: int | None = None

    @property
    def difference(self) -> str:
        """The first respect in which the two differ, empty where they do not."""
        if self.expected is None or self.found is None:
            if self.expected is not self.found:
                return "fits"
            return "" if self.expected_score == self.found_score else "score"
        respects = ("plugin", "code", "reasons")
        return next((r for r in respects if getattr(self.expected, r) != getattr(self.found, r)), "")


def read_case(document: Node) -> Case:
    """A case of a verdict file, with the pods in place that have a node from the start."""
    labels = {}
    for namespace in document.find_list("namespaces"):
        own = namespace.find("metadata", "labels")
        labels[namespace.find_text("metadata", "name")] = {} if own is None else own.text_map()
    state = ClusterState([read_cluster_node(node, _quiet) for node in document.find_list("nodes")], labels)
    pods = [read_pod(node, _quiet) for node in document.find_list("pods")]
    for pod in pods:
        if pod.node_name:
            state.add(pod, pod.node_name)
    strategy = document.find_text("strategy")
    return Case(
        document.find_text("name"),
        state,
        {pod.key: pod for pod in pods},
        tuple(document.find_list("verdicts")),
        STRATEGIES[strategy] if strategy else None,
    )


def play(case: Case) -> Iterator[tuple[Pod, Node, list[Pair]]]:
    """Each pod tried, its verdict in the file, and for every node that verdict and ours side by side; then the pod is put
    where the scheduler put it."""
    for verdict in case.verdicts:
        pod = case.pods[verdict.find_text("pod")]
        yield pod, verdict, list(pairs(case, pod, verdict))
        if verdict.find_text("placed"):
            case.state.add(pod, verdict.find_text("placed"))


def pairs(case: Case, pod: Pod, verdict: Node) -> Iterator[Pair]:
    """What was said of each node, and what is said here."""
    refusals = filter_nodes(case.state, pod)
    scores: dict[str, int] = {}
    if case.strategy is not None:
        feasible = np.array([refusal is None for refusal in refusals], dtype=np.bool_)
        names = [node.name for node, refusal in zip(case.state.nodes, refusals, strict=True) if refusal is None]
        scores = dict(zip(names, score_nodes(case.state, pod, feasible, case.strategy).tolist(), strict=True))
    for node in verdict.find_list("nodes"):
        name, score = node.find_text("node"), node.find("score")
        yield Pair(
            case.name,
            pod.key,
            name,
            expected_refusal(node),
            refusals[case.state.index[name]],
            None if score is None else score.integer(),
            None if score is None else scores.get(name),
        )


def expected_refusal(node: Node) -> Refusal | None:
    """The scheduler's refusal in an entry of ``verdicts[].nodes``."""
    if node.find_text("fits") == "true":
        return None
    reasons = tuple(reason.text for reason in node.find_list("reasons"))
    return Refusal(node.find_text("plugin"), node.find_text("code"), reasons)  # type: ignore[arg-type]


def requests_agree(pod: Pod, verdict: Node) -> bool:
    """Are our effective requests exactly those that the scheduler summed?"""
    requests = verdict.find("requests")
    expected = {} if requests is None else {name: parse_quantity(v.text).nano for name, v in requests.items()}
    return expected == {name: amount * MICRO for name, amount in pod.template.requests}


def _quiet(_: str) -> None:
    """Warnings of the readers say nothing about agreement."""

"""Whole clusters from their objects, and what is wrong with them."""

from __future__ import annotations

import pytest

from binpack.errors import InputError
from binpack.kubernetes.cluster_reader import Cluster, read_cluster
from binpack.kubernetes.filters.default_profile import filter_nodes
from binpack.workload.documents import SourceText, parse_documents
from tests.kubernetes.small_clusters import silent

NODE = """
apiVersion: v1
kind: Node
metadata: {name: n}
status: {capacity: {cpu: 2, memory: 8Gi, pods: 3}}
---
"""


def read(text: str) -> Cluster:
    return read_cluster(parse_documents(SourceText("c.yaml", text)), silent)


def a_pod(name: str, spec: str) -> str:
    return f"{{apiVersion: v1, kind: Pod, metadata: {{name: {name}}}, spec: {spec}}}\n---\n"


def test_a_cluster() -> None:
    """Pods with a node are in place, the others wait, those that ended are gone; capacity stands in for allocatable."""
    default = "spec: {limits: [{type: Container, default: {cpu: 1}}]}"
    limits = f"{{apiVersion: v1, kind: LimitRange, metadata: {{name: l}}, {default}}}\n---\n"
    spec = "spec: {nodeName: n, containers: [{name: c}]}"
    ended = f"{{apiVersion: v1, kind: Pod, metadata: {{name: d}}, {spec}, status: {{phase: Failed}}}}"
    items = f"{{apiVersion: v1, kind: List, items: [{ended}]}}\n---\n"
    pods = a_pod("p", "{nodeName: n, containers: [{name: c}]}") + a_pod("q", "{containers: [{name: c}]}")
    found = read(NODE + limits + items + pods)
    assert [pod.key for pod, _ in found.state.pods()] == ["default/p"]
    assert [pod.key for pod in found.pending] == ["default/q"]
    assert found.state.resources.free("cpu").tolist() == [1000]  # the LimitRange gave p one CPU
    assert filter_nodes(found.state, found.pending[0]) == [None]


TERM = "{topologyKey: zone, labelSelector: {matchExpressions: [%s]}}"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def anti(term: str) -> str:
    return f"{{containers: [{{name: c}}], affinity: {{podAntiAffinity: {{{REQUIRED}: [{term}]}}}}}}"


def node_term(term: str) -> str:
    required = f"{{{REQUIRED}: {{nodeSelectorTerms: [{term}]}}}}"
    return f"{{containers: [{{name: c}}], affinity: {{nodeAffinity: {required}}}}}"


def spread(rule: str) -> str:
    return f"{{containers: [{{name: c}}], topologySpreadConstraints: [{rule}]}}"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (anti(TERM % "{key: a, operator: Like}"), 'operator "Like"'),
        (anti(TERM % "{key: a, operator: Gt, values: ['1']}"), 'operator "Gt"'),
        (anti(TERM % "{key: a, operator: Exists, values: [b]}"), "Exists with values"),
        (anti(TERM % "{key: a, operator: In, values: [-b]}"), "a value that a label can have"),
        (anti(TERM % "{key: a b, operator: Exists}"), 'the label "a b"'),
        (anti("{labelSelector: {}}"), "nothing for topologyKey"),
        (anti("{topologyKey: a b, labelSelector: {}}"), 'topologyKey "a b"'),
        (node_term("{matchExpressions: [{key: a, operator: Gt, values: ['1', '2']}]}"), "Gt with 2 values"),
        (node_term("{matchFields: [{key: spec.x, operator: In, values: [n]}]}"), 'the field "spec.x"'),
        (node_term("{matchFields: [{key: metadata.name, operator: In, values: [n, m]}]}"), "2 values"),
        (spread("{maxSkew: 0, topologyKey: zone}"), "maxSkew 0"),
        (spread("{maxSkew: 1}"), "nothing for topologyKey"),
        (spread("{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: Never}"), '"Never"'),
        (spread("{maxSkew: 1, topologyKey: zone, nodeTaintsPolicy: Maybe}"), '"Maybe"'),
        (spread("{maxSkew: 1, topologyKey: zone, minDomains: 2, whenUnsatisfiable: ScheduleAnyway}"), "minDomains"),
        (spread("{maxSkew: 1, topologyKey: zone, matchLabelKeys: [a]}"), "matchLabelKeys"),
        ("{containers: [{name: c}], tolerations: [{operator: Is}]}", 'operator "Is"'),
        ("{containers: [{name: c}], tolerations: [{key: a, effect: Never}]}", 'effect "Never"'),
        ("{containers: [{name: c, ports: [{hostPort: 70000}]}]}", "hostPort 70000"),
        ("{containers: [{resources: {requests: {cpu: -1}}}]}", "negative"),
        ("{containers: [{resources: {requests: {cpu: 2}, limits: {cpu: 1}}}]}", "above the limit"),
        ("{containers: [{resources: {requests: {memory: 1Gi}, limits: {memory: 1G}}}]}", "above the limit"),
        ("{nodeName: m, containers: [{name: c}]}", "pod default/p on node m"),
        ("{containers: [{name: c}], volumes: [{persistentVolumeClaim: {}}]}", "without claimName"),
    ],
)
def test_bad_pods_name_their_place(spec: str, message: str) -> None:
    """What the API refuses is one line with file, line and column."""
    with pytest.raises(InputError) as caught:
        read(NODE + a_pod("p", spec))
    text = str(caught.value)
    assert message in text
    assert text.startswith("c.yaml:7:")
    assert "\n" not in text


def test_all_faults_are_found_together() -> None:
    """Names that stand twice, a node without a name, a taint without effect, sums beyond 64 bits: a line for each."""
    half = "{nodeName: n, containers: [{resources: {requests: {memory: 5Ei}}}]}"
    nodes = (
        NODE
        + "{kind: Node, metadata: {}}\n---\n"
        + "{kind: Node, metadata: {name: m}, spec: {taints: [{key: a}]}}\n---\n"
    )
    with pytest.raises(InputError) as caught:
        read(NODE + nodes + a_pod("p", half) + a_pod("p", half) + a_pod("q", half))
    assert len(str(caught.value).splitlines()) == 5
    for message in (
        "Node n a second time",
        "without a name",
        'effect ""',
        "p a second time",
        "more memory than 64 bits",
    ):
        assert message in str(caught.value)


def test_priorities_starts_and_budgets() -> None:
    """A pod without a priority of its own has that of its class; budgets allow what their status says, or else what the
    pods that are there leave of what they want."""
    kind = "apiVersion: scheduling.k8s.io/v1, kind: PriorityClass"
    classes = f"{{{kind}, metadata: {{name: high}}, value: 7, preemptionPolicy: Never}}\n---\n"
    spec = "{nodeName: n, priorityClassName: high, containers: [{name: c}]}"
    labelled = (
        "{apiVersion: v1, kind: Pod, metadata: {name: %s, labels: {app: w}}, spec: %s, status: {startTime: %s}}\n---\n"
    )
    pods = labelled % ("p", spec, "2026-01-01T00:00:10Z") + labelled % ("q", "{containers: [{name: c}]}", "null")
    budget = (
        "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: %s}, "
        "spec: {selector: {matchLabels: {app: w}}, maxUnavailable: %s}, status: %s}\n---\n"
    )
    budgets = budget % ("a", 1, "{disruptionsAllowed: 5, disruptedPods: {q: x}}") + budget % ("b", 2, "{}")
    found = read(NODE + classes + pods + budgets + budget % ("c", "0%", "null"))
    [(high, _)] = found.state.pods()
    assert (high.template.priority, high.template.preempts, high.started) == (7, False, 1_767_225_610)
    [waiting] = found.pending
    assert (waiting.template.priority, waiting.template.preempts, waiting.started) == (0, True, None)
    assert [b.allowed for b in found.budgets] == [5, 1, 0]
    assert [b.covers(waiting) for b in found.budgets] == [False, True, True]
    with pytest.raises(InputError, match="a time such as"):
        read(NODE + labelled % ("p", spec, "soon"))

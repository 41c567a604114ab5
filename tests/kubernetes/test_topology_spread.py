"""Hard spread constraints: the verdicts measured with kube-scheduler, one by one (!: unresolvable)."""

from __future__ import annotations

import pytest

from tests.kubernetes.small_clusters import cluster, verdicts

ZONES = {"a1": "{labels: {zone: a}}", "a2": "{labels: {zone: a}}", "b1": "{labels: {zone: b}}", "x": "{}"}
ABC = {
    "a1": "{labels: {zone: a}}",
    "b1": "{labels: {zone: b}}",
    "c1": "{labels: {zone: c}, taints: [{key: t, effect: NoSchedule}]}",
}
W = "{labels: {app: w}}"
SELECT_W = "labelSelector: {matchLabels: {app: w}}"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
ONE_EACH = [("a1", W), ("b1", W)]


def spread(constraint: str, labels: str = "{app: w}", more: str = "") -> str:
    rule = f"{{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, {SELECT_W}{constraint}}}"
    return f"{{labels: {labels}, topologySpreadConstraints: [{rule}]{more}}}"


@pytest.mark.parametrize(
    ("constraint", "fits"),
    [
        ("", "no no no!"),
        (", nodeTaintsPolicy: Honor", "yes yes no!"),
        (", minDomains: 3, nodeTaintsPolicy: Honor", "no no no!"),
    ],
)
def test_spread_over_a_tainted_zone(constraint: str, fits: str) -> None:
    """A zone that only tainted nodes make counts unless taints are honoured; too few domains count as an empty one."""
    assert verdicts(cluster(ABC, ONE_EACH), spread(constraint)) == fits


@pytest.mark.parametrize(("policy", "fits"), [("Honor", "yes yes no!"), ("Ignore", "no no no!")])
def test_spread_with_node_affinity(policy: str, fits: str) -> None:
    """Zones that the pod's own node affinity excludes count only where the policy ignores it."""
    terms = "[{matchExpressions: [{key: zone, operator: In, values: [a, b]}]}]"
    more = f", affinity: {{nodeAffinity: {{{REQUIRED}: {{nodeSelectorTerms: {terms}}}}}}}"
    assert verdicts(cluster(ABC, ONE_EACH), spread(f", nodeAffinityPolicy: {policy}", more=more)) == fits


def test_spread_of_a_pod_that_its_selector_does_not_match() -> None:
    """The pod does not add to the skew, so a count of one over none is allowed; one that counts itself is refused."""
    state = cluster(ZONES, [("a1", W)])
    assert verdicts(state, spread("", labels="{app: other}")) == "yes yes yes no!"
    assert verdicts(state, spread("")) == "no no yes no!"


def test_spread_over_two_labels() -> None:
    """A pod on a node that lacks one of the labels counts for neither constraint."""
    nodes = {**ZONES, "bare": "{labels: {zone: a, kubernetes.io/hostname: null}}"}
    rules = ", ".join(
        f"{{maxSkew: 1, topologyKey: {key}, whenUnsatisfiable: DoNotSchedule, {SELECT_W}}}"
        for key in ("zone", "kubernetes.io/hostname")
    )
    wanted = f"{{labels: {{app: w}}, topologySpreadConstraints: [{rules}]}}"
    assert verdicts(cluster(nodes, [("bare", W)]), wanted) == "yes yes yes no! no!"


def test_spread_with_empty_and_without_selector() -> None:
    """An empty selector counts no pod in place but the pod itself; no selector counts neither."""
    state = cluster(ZONES, [("a1", W), ("a1", W)])
    rule = "maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule"
    for selector in (", labelSelector: {}", ""):
        assert verdicts(state, f"{{topologySpreadConstraints: [{{{rule}{selector}}}]}}") == "yes yes yes no!"


def test_a_full_node_is_still_a_domain() -> None:
    """Zone b holds none and has no room, so zone a is refused by the skew: the pod is nowhere schedulable."""
    state = cluster({"a": "{labels: {zone: a}}", "b": "{labels: {zone: b}, allocatable: {cpu: 1}}"}, [("a", W)])
    assert verdicts(state, spread("", more=", requests: {cpu: 2}")) == "no no!"


def test_label_keys_of_a_spread() -> None:
    """matchLabelKeys count only the pods of the same revision."""
    state = cluster(ZONES, [("a1", "{labels: {app: w, hash: '1'}}"), ("a2", "{labels: {app: w, hash: '2'}}")])
    assert verdicts(state, spread(", matchLabelKeys: [hash]", "{app: w, hash: '2'}")) == "no no yes no!"
    assert verdicts(state, spread(", matchLabelKeys: [hash]", "{app: w, hash: '3'}")) == "yes yes yes no!"


def test_soft_spread_refuses_nothing() -> None:
    """ScheduleAnyway is a wish."""
    wanted = spread("").replace("DoNotSchedule", "ScheduleAnyway")
    assert verdicts(cluster(ZONES, [("a1", W), ("a2", W)]), wanted) == "yes yes yes yes"

"""Who may stand on spot nodes: a share of each workload's copies, and only of those that are replaced by themselves."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.planning.current_fleet import current_fleet
from binpack.kubernetes.planning.node_class import NodeClass
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.spot import no_more_spot, split_for_spot, spot_classes
from binpack.kubernetes.planning.spot_nodes import KARPENTER, is_spot, spot_taint
from binpack.kubernetes.pod import PodTemplate
from binpack.kubernetes.taints import first_untolerated

TAINT = spot_taint(["aws"])


def tolerant(pods: PodSet) -> bool:
    return first_untolerated((TAINT,), pods.template.tolerations) is None


@given(st.integers(0, 30), st.fractions(0, 1), st.sampled_from(["Deployment", "Job", "StatefulSet"]))
def test_no_more_than_the_share(copies: int, share: Fraction, kind: str) -> None:
    """All copies are there once; those that tolerate spot nodes are the share rounded down, and none of a StatefulSet."""
    found = split_for_spot([PodSet("web", kind, copies, PodTemplate())], share, TAINT)
    assert sum(pods.copies for pods in found) == copies
    assert len({pods.key for pods in found}) == len(found)
    movable = sum(pods.copies for pods in found if tolerant(pods))
    assert movable == (0 if kind == "StatefulSet" else copies * share.numerator // share.denominator)


@pytest.mark.parametrize(
    ("labels", "moves"),
    [
        ({}, False),
        ({"pod-template-hash": "5f7d8c9b6"}, True),
        ({"batch.kubernetes.io/job-name": "a"}, True),
        ({"statefulset.kubernetes.io/pod-name": "db-0"}, False),
    ],
)
def test_pods_of_a_cluster(labels: dict[str, str], moves: bool) -> None:
    """Who made a running pod is told by its labels; a bare one is not made anew."""
    pods = PodSet("web", "Pod", 2, PodTemplate(labels=tuple(labels.items())))
    assert any(map(tolerant, split_for_spot([pods], Fraction(1, 2), TAINT))) == moves


def test_daemons_run_there_too() -> None:
    """They cost room on spot nodes as on all others."""
    [agent] = split_for_spot([PodSet("agent", "DaemonSet", 0, PodTemplate(), daemon=True)], Fraction(1, 2), TAINT)
    assert tolerant(agent)


def test_spot_classes_are_marked() -> None:
    """By the provider's label and a taint of the same key; the price is left as it is."""
    [found] = spot_classes([NodeClass(ClusterNode("a", {"cpu": 1}), "m5.large", 7)], TAINT)
    assert (found.type_name, found.price, found.node.taints) == ("m5.large spot", 7, (TAINT,))
    assert is_spot(found.node)
    assert spot_taint(["aws", "gcp"]).key == KARPENTER[0]


def test_the_fleet_has_no_more_spot_nodes_than_now() -> None:
    """Two spot nodes now: two at the most; others without an end."""
    spot = {"karpenter.sh/capacity-type": "spot"}
    nodes = [
        ClusterNode("a", {"cpu": 1000}, spot),
        ClusterNode("b", {"cpu": 1000}, spot),
        ClusterNode("c", {"cpu": 1000}),
    ]
    fleet = current_fleet(nodes, {"1 CPU": 5, "1 CPU spot": 2})
    assert [(c.type_name, c.price, c.available) for c in no_more_spot(fleet)] == [
        ("1 CPU spot", 2, 2),
        ("1 CPU", 5, -1),
    ]

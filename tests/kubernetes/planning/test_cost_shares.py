"""What pods and namespaces pay: nothing lost, nothing made, in proportion to dominant shares."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.planning.cost_shares import PricedNode, apportioned, namespace_costs, pod_shares
from binpack.kubernetes.pod import Pod, PodTemplate

COSTS = st.integers(0, 10**12)


def pod(name: str, namespace: str, cpu: int, memory: int) -> Pod:
    """A pod that requests so many thousandths of CPU and so many bytes."""
    return Pod(name, PodTemplate(namespace=namespace, requests=(("cpu", cpu), ("memory", memory * 1000))))


@st.composite
def priced_nodes(draw: st.DrawFn) -> list[PricedNode]:
    """Nodes with up to six pods of three namespaces, some without requests, some with more than the node has."""
    nodes = []
    for number in range(draw(st.integers(1, 4))):
        pods = [
            pod(f"p{k}", draw(st.sampled_from("abc")), draw(st.integers(0, 3000)), draw(st.integers(0, 5000)))
            for k in range(draw(st.integers(0, 6)))
        ]
        allocatable = {"cpu": draw(st.integers(1, 4000)), "memory": draw(st.integers(1, 9000)), "pods": 10}
        nodes.append(PricedNode(ClusterNode(f"n{number}", allocatable), draw(COSTS), pods))
    return nodes


@given(priced_nodes())
def test_everything_is_paid_once(nodes: list[PricedNode]) -> None:
    """Namespaces and nodes without pods add up to the fleet's cost exactly; pods to their node's."""
    costs, empty = namespace_costs(nodes)
    assert sum(each.cost.total for each in costs.values()) + empty == sum(node.cost for node in nodes)
    assert sum(each.pods for each in costs.values()) == sum(len(node.pods) for node in nodes)
    for node in nodes:
        shares = pod_shares(node)
        assert sum(share.total for share in shares) == (node.cost if node.pods else 0)
        assert all(share.requested >= 0 and share.idle >= 0 for share in shares)


@given(priced_nodes())
def test_a_pod_pays_its_dominant_share(nodes: list[PricedNode]) -> None:
    """For its requests the node's price times the largest share that it asks for, its slot among them, within a micro-unit;
    less where the shares add up to more than the node."""
    for node in nodes:
        have = node.node.allocatable
        weights = [
            max(Fraction(1, 10), *(Fraction(each.template.amounts[r], have[r]) for r in ("cpu", "memory")))
            for each in node.pods
        ]
        scale = max(Fraction(1), sum(weights, Fraction(0)))
        for weight, share in zip(weights, pod_shares(node), strict=True):
            assert abs(share.requested - node.cost * weight / scale) < 2


@given(COSTS, st.lists(st.fractions(0, 5), min_size=1, max_size=8).filter(any))
def test_parts_are_whole_and_near_their_quota(total: int, weights: list[Fraction]) -> None:
    """Each part is its quota rounded down or up, and they add up."""
    parts = apportioned(total, weights)
    assert sum(parts) == total
    quotas = [total * weight / sum(weights) for weight in weights]
    assert all(abs(part - quota) < 1 for part, quota in zip(parts, quotas, strict=True))


def test_half_a_node() -> None:
    """Two equal pods that request half of a node of 10: each pays 2.5 + 2.5; the odd unit goes to the first."""
    node = ClusterNode("n", {"cpu": 4000, "memory": 100, "pods": 10})
    shares = pod_shares(PricedNode(node, 10, [pod("a", "x", 1000, 0), pod("b", "y", 1000, 0)]))
    assert [tuple(share) for share in shares] == [(3, 3), (2, 2)]

"""The state of a cluster: what it refuses to do, and that a refused change changes nothing."""

from __future__ import annotations

import pytest

from binpack.kubernetes.cluster_state import ClusterState
from tests.kubernetes.small_clusters import cluster, node, pod, verdicts

HALF = "{requests: {memory: 5Ei}}"


def test_where_pods_are() -> None:
    """A pod that was added is on its node until it is removed, and then nowhere."""
    state = cluster({"n": "{}"}, [("n", "{}")])
    assert state.node_of("default/e0") == "n"
    assert state.remove("default/e0").name == "e0"
    assert state.node_of("default/e0") is None
    assert list(state.pods()) == []


def test_mistakes_of_a_caller() -> None:
    """Two nodes of one name, an unknown node, a pod twice, a pod that is not there: each has its error."""
    with pytest.raises(ValueError, match="same name"):
        ClusterState([node("n"), node("n")])
    state = cluster({"n": "{}"}, [("n", "{}")])
    with pytest.raises(KeyError):
        state.add(pod(), "m")
    with pytest.raises(ValueError, match="default/e0 is placed already"):
        state.add(pod(name="e0"), "n")
    with pytest.raises(KeyError):
        state.remove("default/none")


def test_requests_beyond_64_bits() -> None:
    """Pods whose sum on a node does not fit are refused, and the node is as it was; no sum of filters overflows."""
    state = cluster({"n": "{}", "huge": "{allocatable: {memory: 16Ei}}"}, [("n", HALF)])
    with pytest.raises(OverflowError, match="node n has requests for more memory"):
        state.add(pod(HALF), "n")
    assert verdicts(state, HALF) == "no! yes"
    state.add(pod(HALF), "huge")
    assert verdicts(state, HALF) == "no! no"
    assert verdicts(state, "{requests: {memory: 2Ei}}") == "no! yes"

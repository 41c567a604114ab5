"""NodePorts: ports of the host."""

from __future__ import annotations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.outcome import Outcome, refused
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.refusal import UNSCHEDULABLE, Refusal

REFUSAL = Refusal("NodePorts", UNSCHEDULABLE, ("node(s) didn't have free ports for the requested pod ports",))


def node_ports(state: ClusterState, pod: Pod) -> Outcome | None:
    """Refuses nodes on which a port that the pod takes is taken (``plugins/nodeports/node_ports.go``, ``Filter``)."""
    ports = pod.template.host_ports
    if not ports:
        return None
    taken = np.zeros(len(state.nodes), dtype=np.bool_)
    taken[list(set().union(*(state.ports.nodes_without(port) for port in ports)))] = True
    return refused(taken, REFUSAL)

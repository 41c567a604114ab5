"""Daemons on given nodes: one on every node that takes it."""

from __future__ import annotations

from collections.abc import Sequence

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import filter_nodes
from binpack.kubernetes.planning.node_class import admitted_nodes
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.pod import Pod


def start_daemons(
    state: ClusterState, daemons: Sequence[PodSet]
) -> tuple[list[tuple[Pod, str]], list[tuple[Pod, str]]]:
    """Put a pod on each node that the controller makes one for (``pkg/controller/daemon``, ``NodeShouldRunDaemonPod``):
    those that now stand on their nodes, and those that the filters refuse there, with their node."""
    started: list[tuple[Pod, str]] = []
    refused: list[tuple[Pod, str]] = []
    for daemon in sorted(daemons, key=lambda pods: -pods.template.priority):
        wanted = admitted_nodes(state, daemon.template)
        for k, node in enumerate(state.nodes):
            if not wanted[k]:
                continue
            pod = daemon.pod(k)
            if filter_nodes(state, pod)[k] is None:
                state.add(pod, node.name)
                started.append((pod, node.name))
            else:
                refused.append((pod, node.name))
    return started, refused

"""The tree of placement preferences: a level for each, a branch for each value of its label
(swarmkit ``manager/scheduler/nodeset.go`` and ``decision_tree.go``)."""

from __future__ import annotations

from collections.abc import Iterable

from binpack.swarm.constraints import label
from binpack.swarm.filters.pipeline import Pipeline
from binpack.swarm.node_info import NodeInfo
from binpack.swarm.service import Service


class DecisionTree:
    """A branch: the service's tasks on all of its nodes, and either branches below by value or, in a leaf, nodes.

    The number of tasks is that from before anything was assigned, and stays so.
    """

    def __init__(self) -> None:
        self.tasks = 0
        self.branches: dict[str, DecisionTree] = {}
        self.nodes: list[NodeInfo] = []

    def ordered(self, service: Service, pipeline: Pipeline) -> list[NodeInfo]:
        """The nodes of a leaf that the filters accept now, the best first; ties by name (in Swarm at random)."""
        accepted = filter(pipeline.accepts, self.nodes)
        return sorted(accepted, key=lambda info: (*info.rank(service.name), info.node.name))


def build_tree(infos: Iterable[NodeInfo], service: Service, assignments: int, pipeline: Pipeline) -> DecisionTree:
    """The tree for so many tasks; a leaf keeps as many nodes at most, the best of those that the filters accept.

    Every node counts in the sums, also where the filters refuse it. A node without the label is in the branch of the empty
    value. Preferences for anything but labels make no level.
    """
    root = DecisionTree()
    leaves: dict[int, DecisionTree] = {}
    for info in infos:
        tree, tasks = root, info.active_of[service.name]
        for preference in service.preferences:
            value = label(preference, info.node)
            if value is not None:
                tree.tasks += tasks
                if value not in tree.branches:
                    tree.branches[value] = DecisionTree()
                tree = tree.branches[value]
        tree.tasks += tasks
        tree.nodes.append(info)
        leaves[id(tree)] = tree
    for leaf in leaves.values():
        leaf.nodes = leaf.ordered(service, pipeline)[:assignments]
    return root

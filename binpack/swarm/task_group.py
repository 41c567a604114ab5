"""The tasks of one service that are placed together, as Swarm's scheduler does it (swarmkit
``manager/scheduler/scheduler.go``): fewest tasks of the service first, then fewest tasks in all; room does not rank."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from binpack.swarm.decision_tree import DecisionTree, build_tree
from binpack.swarm.filters.pipeline import Pipeline
from binpack.swarm.node_info import NodeInfo
from binpack.swarm.service import Service

Assigned = Callable[[NodeInfo], None]
"""Called with the node of every task, in the order in which tasks are assigned."""


class TaskGroup:
    """Tasks of one service and one version of it that wait for nodes.

    No task is taken to have failed, and ties go by the names of nodes and the values of labels, where Swarm goes by the
    order of a hash table.
    """

    def __init__(self, service: Service, tasks: int, assigned: Assigned) -> None:
        self.service = service
        self.waiting = tasks
        self._assigned = assigned
        self._pipeline = Pipeline(service)

    def schedule(self, infos: Sequence[NodeInfo]) -> int:
        """Assign what fits, and say how many tasks still wait (``scheduleTaskGroup``)."""
        tree = build_tree(infos, self.service, self.waiting, self._pipeline)
        self._on_tree(self.waiting, tree)
        return self.waiting

    def _on_tree(self, tasks: int, tree: DecisionTree) -> int:
        """Divide tasks over the branches so that these become even; what a full branch cannot take goes to the others
        (``scheduleNTasksOnSubtree``).

        Branches keep the counts from before, so that after one is found full the rest is divided as if nothing had been
        assigned in this round. That leaves branches uneven at times, and is what Swarm does.
        """
        if not tree.branches:
            return self._on_nodes(tasks, tree.ordered(self.service, self._pipeline))
        done, usable, before = 0, dict(sorted(tree.branches.items())), tree.tasks
        converging = True
        while done != tasks and usable and converging:
            converging = False
            each, extra = divmod(before + tasks - done, len(usable))
            for value, branch in list(usable.items()):
                if branch.tasks > each or (branch.tasks == each and not extra):
                    continue
                converging = True
                wanted = each - branch.tasks + (extra > 0)
                found = self._on_tree(wanted, branch)
                done += found
                if found < wanted:
                    del usable[value]
                    before -= branch.tasks
                elif extra:
                    extra -= 1
        return done

    def _on_nodes(self, tasks: int, nodes: list[NodeInfo]) -> int:
        """Assign up to so many tasks to nodes in their order (``scheduleNTasksOnNodes``).

        The first pass stays with a node until the next one is better, and never goes back; from the last node on it is one
        task a node, round and round, without those that the filters refuse by then.
        """
        done, at, full = 0, 0, set[int]()
        while nodes and self.waiting and done < tasks:
            info = nodes[at % len(nodes)]
            info.add(self.service)
            self._assigned(info)
            self.waiting -= 1
            done += 1
            name = self.service.name
            if at + 1 >= len(nodes) or nodes[at + 1].rank(name) < info.rank(name):
                at += 1
            found = self._next(nodes, at, full)
            if found is None:
                break
            at = found
        return done

    def _next(self, nodes: list[NodeInfo], start: int, full: set[int]) -> int | None:
        """The first node from ``start`` on, round and round, that takes one more; those that do not go into ``full``."""
        for at in range(start, start + len(nodes)):
            if at % len(nodes) not in full and self._pipeline.accepts(nodes[at % len(nodes)]):
                return at
            full.add(at % len(nodes))
        return None

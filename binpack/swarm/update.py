"""A rolling update, task by task: whether it goes through, and what runs meanwhile
(swarmkit ``manager/orchestrator/update/updater.go``)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from binpack.swarm.filters.pipeline import Pipeline
from binpack.swarm.node_info import NodeInfo
from binpack.swarm.placement import Pending, global_nodes, no_suitable_node, schedule
from binpack.swarm.service import Service
from binpack.swarm.swarm_state import SwarmState


@dataclass(frozen=True)
class UpdateRun:
    """How an update went where no task fails.

    replaced : tasks of the new version. most, fewest : tasks, old and new, at any moment. pending : new tasks that never
    find a node, at which Swarm waits without end; empty where the update is complete.
    """

    replaced: int
    most: int
    fewest: int
    pending: tuple[Pending, ...] = ()


def run_update(state: SwarmState, old: Service, new: Service) -> UpdateRun:
    """Replace every task of ``old`` by one of ``new``, of the same name, in the order and so many at a time as
    ``new.update`` says. The state is changed.

    start-first needs room for old and new together, ports and ``max_replicas`` included. With stop-first an old task keeps
    what it reserves until it has stopped, so the new one may go elsewhere before; a worker of the update that waits for a
    node takes no further task.
    """
    if old.name != new.name:
        raise ValueError(f"service {old.name} is not updated to {new.name}")
    run = _GlobalRun(state, old, new) if new.is_global else _Run(state, old, new)
    return run.result()


class _Run:
    """The update of a replicated service: workers take old tasks in the order of their nodes."""

    def __init__(self, state: SwarmState, old: Service, new: Service) -> None:
        self.state, self.old, self.new = state, old, new
        counts = state.placed.get(old.name, Counter())
        self.queue = [state.infos[node] for node in sorted(counts) for _ in range(counts[node])]
        self.workers = new.update.workers(len(self.queue)) if self.queue else 0
        self.taken: list[NodeInfo] = []
        """Old tasks whose new one has no node yet; with start-first they still run."""
        self.replaced = 0
        self.running = self.most = self.fewest = len(self.queue)

    def result(self) -> UpdateRun:
        while self.queue or self.taken:
            fresh = self._take()
            found = self._round(fresh)
            self.taken = self.taken[found:]
            self.replaced += found
            if not found and not fresh:
                break
        pending = self._pending() if self.taken else ()
        return UpdateRun(self.replaced, self.most, self.fewest, pending)

    def _take(self) -> list[NodeInfo]:
        """The old tasks that workers with nothing to wait for take now."""
        free = self.workers - len(self.taken)
        fresh, self.queue = self.queue[:free], self.queue[free:]
        self.taken += fresh
        return fresh

    def _round(self, fresh: list[NodeInfo]) -> int:
        """Place new tasks for those taken, and end old ones; how many new ones have found a node."""
        if self.new.update.order == "start-first":
            found = self._place(len(self.taken))
            self._ran(found)
            for info in self.taken[:found]:
                self.state.remove(self.old, info.node.name)
            self._ran(-found)
            return found
        self._stop(fresh)
        found = self._place(len(self.taken))
        for info in fresh:
            info.stopped(self.old)
        found += self._place(len(self.taken) - found)
        self._ran(found)
        return found

    def _stop(self, fresh: list[NodeInfo]) -> None:
        for info in fresh:
            self.state.placed[self.old.name][info.node.name] -= 1
            info.stop(self.old)
        self._ran(-len(fresh))

    def _place(self, tasks: int) -> int:
        """How many of so many new tasks find a node."""
        return tasks - schedule(self.state, self.new, tasks)

    def _ran(self, change: int) -> None:
        self.running += change
        self.most, self.fewest = max(self.most, self.running), min(self.fewest, self.running)

    def _pending(self) -> tuple[Pending, ...]:
        return (no_suitable_node(self.state, self.new, len(self.taken)),)


class _GlobalRun(_Run):
    """The update of a global service: the new task is for the node of the old one, and for no other."""

    def __init__(self, state: SwarmState, old: Service, new: Service) -> None:
        super().__init__(state, old, new)
        stay = {info.node.name for info in global_nodes(state, new)}
        for info in self.queue:
            if info.node.name not in stay:
                state.remove(old, info.node.name)  # ``reconcileServices`` ends it, apart from the update
        self.queue = [info for info in self.queue if info.node.name in stay]
        self.workers = new.update.workers(len(self.queue)) if self.queue else 0
        self.running = self.most = self.fewest = len(self.queue)
        self._pipeline = Pipeline(new)

    def _place(self, tasks: int) -> int:
        """New tasks for the last so many of those taken; what fits is moved to the front, as it is done with."""
        waiting = self.taken[len(self.taken) - tasks :]
        fits = [info for info in waiting if self._pipeline.accepts(info)]
        for info in fits:
            self.state.add(self.new, info.node.name)
        done = self.taken[: len(self.taken) - tasks]
        self.taken = [*done, *fits, *(info for info in waiting if info not in fits)]
        return len(fits)

    def _pending(self) -> tuple[Pending, ...]:
        return tuple(Pending(self.new.name, 1, self._pipeline.explain([info]), info.node.name) for info in self.taken)

"""Where Swarm puts the tasks of a stack, as text."""

from __future__ import annotations

from binpack.report.figures import counted
from binpack.report.wrapping import lines_of, unbroken
from binpack.swarm.placement import Placed


def swarm_text(placed: Placed, title: str, nodes: int, width: int) -> str:
    """How many tasks have a node, what each node runs, and what waits, in Swarm's words."""
    on: dict[str, dict[str, int]] = {}
    for service, counts in placed.placements.items():
        for node, tasks in counts.items():
            on.setdefault(node, {})[service] = tasks
    running = sum(tasks for held in on.values() for tasks in held.values())
    waiting = sum(pending.tasks for pending in placed.pending)
    head = (
        f"{title}: {running} of {counted(running + waiting, 'task')} placed on {counted(nodes, 'node')}, as Swarm does"
    )
    blocks = [lines_of(head, width)]
    blocks.append([line for node in sorted(on) for line in _node(node, on[node], width)])
    blocks.append([line for p in placed.pending for line in lines_of(f"pending  {p}", width, "", " " * 9)])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _node(name: str, held: dict[str, int], width: int) -> list[str]:
    shown = (unbroken(f"{service} x {tasks}" if tasks > 1 else service) for service, tasks in held.items())
    return lines_of(f"{name}: {', '.join(shown)}", width, "  ", "    ")

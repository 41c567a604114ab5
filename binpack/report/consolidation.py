"""Running pods moved onto fewer nodes, as text and JSON: what it saves, and every move in its order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from binpack.kubernetes.planning.bill import Bill
from binpack.kubernetes.planning.consolidation import Consolidated
from binpack.kubernetes.planning.cost_shares import PricedNode
from binpack.kubernetes.planning.migration import Step
from binpack.report.figures import counted
from binpack.report.node_plan_json import placement_json
from binpack.report.node_plan_money import money
from binpack.report.node_plan_text import placement_text
from binpack.report.wrapping import lines_of, unbroken, wrapped

ONE_BY_ONE = (
    "Evict each pod when the one before it runs on its new node: then the scheduler's filters accept every step, and no "
    "disruption budget is broken. Its scores may choose other nodes."
)


def consolidation_json(found: Consolidated, nodes: Sequence[PricedNode], bill: Bill) -> dict[str, Any]:
    """The placement of what waits, and ``consolidation``: see ``binpack/cli/schemas/placement.json``."""
    micro = _saved(found, nodes)
    return placement_json(found.placed, nodes, bill) | {
        "consolidation": {
            "nodes_before": list(found.before),
            "nodes_after": list(found.after),
            "nodes_at_least": None if found.priced or not found.least else found.least,
            "cost_at_least_per_month": found.least / 10**6 if found.priced and found.least else None,
            "emptied": list(found.emptied),
            "saves_per_month": None if micro is None else micro / 10**6,
            "moves": found.moves,
            "steps": [{"pod": pod.key, "from": origin or None, "to": node} for pod, origin, node in found.steps],
            "not_moved": dict(found.staying),
            "without_order": found.unreached,
        }
    }


def consolidation_text(found: Consolidated, title: str, width: int, nodes: Sequence[PricedNode], bill: Bill) -> str:
    """What is saved, what waits, the nodes to cordon and every step; then what does not move and why."""
    waits = bool(found.placed.order or found.placed.pending)
    blocks = [lines_of(f"{title}: {_head(found, bill)}{_saving(found, nodes, bill)}", width)]
    if found.with_fewer_moves:
        fewer, moves = found.with_fewer_moves
        blocks.append(lines_of(f"{fewer} nodes need {counted(moves, 'move')} only: --max-moves {moves}", width))
    blocks += [placement_text(found.placed, title, width, nodes, bill).rstrip("\n").split("\n")] if waits else []
    if found.steps:
        passed = {step.node for step in found.steps}
        unused = [node for node in found.emptied if node not in passed]  # others are places in between
        cordon = f"kubectl cordon {' '.join(unused)}"
        steps = [line for part in _by_origin(found.steps) for line in _step_lines(part, width)]
        blocks.append([*(lines_of(cordon, width, "", "    ") if unused else []), *steps])
        blocks.append(lines_of(ONE_BY_ONE, width))
    if found.unreached:
        pods = counted(found.unreached, "pod")
        blocks.append(lines_of(f"{pods} more would move, but no order was found without a further free place.", width))
    if found.staying:
        said = "; ".join(f"{count} {unbroken(reason)}" for reason, count in found.staying.items())
        blocks.append(wrapped("stay", said, width))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _head(found: Consolidated, bill: Bill) -> str:
    before, after = len(found.before), len(found.after)
    if found.placed.proven:
        proof = f"proven: no {'cheaper' if found.priced else 'fewer'} are enough"
    elif found.least:
        proof = f"at least {money(found.least, bill.currency) + ' a month' if found.priced else found.least}"
    else:
        proof = "fewer may be enough"
    by = f", by {counted(found.moves, 'move')}" if found.moves else ", without a move"
    return (
        f"pods run on {counted(before, 'node')}; {after} {'suffice' if after < before else 'are needed'}{by} ({proof})"
    )


def _saved(found: Consolidated, nodes: Sequence[PricedNode]) -> int | None:
    """How much less the nodes with pods cost a month, in micro-units; None where no price is known."""
    costs = {each.node.name: each.cost for each in nodes}
    return sum(costs[node] for node in found.before) - sum(costs[node] for node in found.after) if nodes else None


def _saving(found: Consolidated, nodes: Sequence[PricedNode], bill: Bill) -> str:
    micro = _saved(found, nodes)
    return f"; {money(micro, bill.currency)} less a month" if micro and micro > 0 else ""


def _by_origin(steps: Iterable[Step]) -> Iterable[list[Step]]:
    return (list(part) for _, part in groupby(steps, key=lambda step: step.origin))


def _step_lines(part: Sequence[Step], width: int) -> list[str]:
    """Steps from one node, one after the other: each pod and where it goes."""
    origin = part[0].origin
    said = ", ".join(unbroken(f"{step.pod.key} -> {step.node}") for step in part)
    return lines_of(f"{f'evict from {origin}' if origin else 'start'}: {said}", width, "", "    ")

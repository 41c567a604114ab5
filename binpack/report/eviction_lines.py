"""Who is evicted for the waiting pods, by a placement and by the default scheduler alone, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable

from binpack.kubernetes.planning.given_nodes import Placed
from binpack.report.figures import counted
from binpack.report.wrapping import lines_of, unbroken

_SHOWN = 12  # nodes, one by one


def placed_words(placed: Placed) -> str:
    """So many evicted for the pods that are placed; empty where none is."""
    return f", {counted(len(placed.evicted), 'pod')} evicted for them" if placed.evicted else ""


def scheduler_words(placed: Placed) -> str:
    """How many the default scheduler alone places, and how many it evicts."""
    alone = sum(each.node is not None for each in placed.by_scheduler)
    victims = sum(len(each.evicted) for each in placed.by_scheduler)
    return f"the default scheduler alone places {alone}" + (f" and evicts {victims}" if victims else "")


def proof_words(placed: Placed) -> str:
    """What is proven of the placement, or what may be better."""
    if placed.proven:
        return (
            f"proven: no more can be placed, nor {'with fewer evictions' if placed.evicted else 'on fewer empty nodes'}"
        )
    if placed.pending:
        return "not proven to be the most"
    return "fewer evictions may be enough" if placed.evicted else "fewer of the empty nodes may be enough"


def eviction_blocks(placed: Placed, width: int) -> list[list[str]]:
    """Who is to go, node by node; then for whom the default scheduler would evict whom, where it would."""
    ours: dict[str, list[str]] = {}
    for each in placed.evicted:
        broken = " (against its disruption budget)" if each.breaks_budget else ""
        ours.setdefault(each.node, []).append(f"{each.pod.key}{broken}")
    theirs = {
        f"{each.node} for {each.pod.key}": [pod.key for pod in each.evicted]
        for each in placed.by_scheduler
        if each.evicted
    }
    blocks = [_block("evict, before any other pod comes", ours.items(), width)] if ours else []
    return blocks + ([_block("by itself the default scheduler would evict", theirs.items(), width)] if theirs else [])


def _block(title: str, rows: Iterable[tuple[str, list[str]]], width: int) -> list[str]:
    rows = list(rows)
    lines = [title]
    for place, pods in rows[:_SHOWN]:
        lines += lines_of(f"on {unbroken(place)}: {', '.join(map(unbroken, pods))}", width, "  ", "    ")
    return lines + ([f"  and on {len(rows) - _SHOWN} more"] if len(rows) > _SHOWN else [])

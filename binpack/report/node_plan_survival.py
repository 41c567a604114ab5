"""What a plan of nodes survives, as text and as a JSON object."""

from __future__ import annotations

from typing import Any

from binpack.kubernetes.planning.survival import Loss, Survival
from binpack.kubernetes.refusal import histogram
from binpack.report.figures import counted
from binpack.report.pod_copies import copies, set_of, with_count
from binpack.report.wrapping import lines_of

_SHOWN = 6  # losses that leave pods without a node


def survival_lines(survival: Survival, width: int) -> list[str]:
    """What may fail, the worst of it, who cannot come again, and who stays pending though a node would take it."""
    worst, pending = survival.worst, survival.pending
    tried = f"{counted(len(survival.losses), 'failure')} tried"
    if not survival.complete:
        tried = f"{len(survival.losses)} of {counted(survival.failures, 'failure')} replayed"
    stands = "survives" if survival.complete else "not known to survive"
    head = f"{stands} the loss of {_what(survival)} ({tried})"
    if pending:
        head = f"does not survive the loss of {_what(survival)} ({tried}, {len(pending)} leave pods without a node)"
    full = worst.fullest
    share = f"{full.resource} {full.used / full.whole:.0%} requested on the {counted(worst.nodes, 'node')} left"
    lines = lines_of(head, width) + lines_of(
        f"worst: {worst.lost}; {counted(worst.moved, 'pod')} found a node again, {share}", width, "  ", "    "
    )
    for loss in survival.losses:
        if names := ", ".join(with_count(*each) for each in copies(loss.excepted).items()):
            said = (
                f"nothing outside {loss.lost} takes what was there (volumes, or the nodes that they ask for): {names}"
            )
            lines += lines_of(said, width, "  ", "    ")
    for loss in pending[:_SHOWN]:
        for name, count, reasons in _reasons(loss):
            words = f"without {loss.lost} {with_count(name, count)} stays pending: {histogram(reasons)}"
            lines += lines_of(words, width, "  ", "    ")
    return lines + ([f"  and {len(pending) - _SHOWN} more losses leave pods pending"] if len(pending) > _SHOWN else [])


def survival_json(survival: Survival) -> dict[str, Any]:
    """The same, every loss that leaves pods without a node among it."""
    worst = survival.worst
    full = worst.fullest
    return {
        "spare": survival.spare,
        "survives": survival.holds,
        "failures": survival.failures,
        "replayed": len(survival.losses),
        "worst": {
            "lost": worst.lost,
            "moved": worst.moved,
            "nodes_left": worst.nodes,
            "fullest": {"resource": full.resource, "requested": full.used, "allocatable": full.whole},
        },
        "cannot_come_again": [
            {"lost": loss.lost, "pods": name, "count": count}
            for loss in survival.losses
            for name, count in copies(loss.excepted).items()
        ],
        "pending": [
            {"lost": loss.lost, "pods": name, "count": count, "reasons": reasons}
            for loss in survival.pending
            for name, count, reasons in _reasons(loss)
        ],
    }


def _what(survival: Survival) -> str:
    if survival.spare == "zone":
        return "any one zone"
    return "any one node" if survival.spare == 1 else f"any {survival.spare} nodes"


def _reasons(loss: Loss) -> list[tuple[str, int, dict[str, int]]]:
    """The pods that stay pending by the name of their set, how many, and what the nodes said of one of them."""
    counts = copies(pod for pod, _ in loss.pending)
    said = {set_of(pod): reasons for pod, reasons in loss.pending}
    return [(name, count, said[name]) for name, count in counts.items()]

"""Taints of nodes and the tolerations of pods for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from binpack.workload.documents import Node

NO_SCHEDULE = "NoSchedule"
PREFER_NO_SCHEDULE = "PreferNoSchedule"
NO_EXECUTE = "NoExecute"
EFFECTS = (NO_SCHEDULE, PREFER_NO_SCHEDULE, NO_EXECUTE)


@dataclass(frozen=True)
class Taint:
    """A taint of a node."""

    key: str
    value: str = ""
    effect: str = NO_SCHEDULE

    @property
    def forbids(self) -> bool:
        """Does it keep pods away, rather than only count against the node?"""
        return self.effect in (NO_SCHEDULE, NO_EXECUTE)


CORDON = Taint("node.kubernetes.io/unschedulable")
"""What a cordoned node counts as having."""


@dataclass(frozen=True)
class Toleration:
    """A toleration of a pod. Without an effect it is for all effects, without a key for all keys."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""

    def tolerates(self, taint: Taint) -> bool:
        """Does it cover the taint (``api/core/v1/toleration.go``, ``ToleratesTaint``)?"""
        if self.effect not in ("", taint.effect) or self.key not in ("", taint.key):
            return False
        return self.operator == "Exists" or self.value == taint.value


def is_tolerated(taint: Taint, tolerations: Iterable[Toleration]) -> bool:
    """Is there a toleration for the taint?"""
    return any(toleration.tolerates(taint) for toleration in tolerations)


def first_untolerated(taints: Sequence[Taint], tolerations: Sequence[Toleration]) -> Taint | None:
    """The first taint, in the node's order, that keeps pods away and is not tolerated (``FindMatchingUntoleratedTaint``)."""
    return next((taint for taint in taints if taint.forbids and not is_tolerated(taint, tolerations)), None)


def read_taints(node: Node) -> tuple[Taint, ...]:
    """The taints of a node's ``spec``. InputError for an effect that does not exist."""
    return tuple(
        Taint(_key(item), item.find_text("value"), _effect(item, required=True)) for item in node.find_list("taints")
    )


def read_tolerations(spec: Node) -> tuple[Toleration, ...]:
    """The tolerations of a pod's ``spec``. InputError for an operator or an effect that does not exist."""
    found = []
    for item in spec.find_list("tolerations"):
        operator = item.find_text("operator") or "Equal"
        if operator not in ("Equal", "Exists"):
            raise item.error(f'operator "{operator[:60]}"', "Equal or Exists")
        if operator == "Exists" and item.find_text("value"):
            raise item.error("operator Exists with a value", "no value")
        effect = _effect(item, required=False)
        found.append(Toleration(item.find_text("key"), operator, item.find_text("value"), effect))
    return tuple(found)


def _key(node: Node) -> str:
    key = node.find_text("key")
    if not key:
        raise node.error("a taint without key", "key and effect")
    return key


def _effect(node: Node, required: bool) -> str:
    effect = node.find_text("effect")
    if effect not in EFFECTS and (effect or required):
        raise node.error(f'effect "{effect[:60]}"', f"one of {', '.join(EFFECTS)}")
    return effect

"""How Kubernetes objects ask to be updated: ``strategy``, ``updateStrategy``, ``minReadySeconds``, ``podManagementPolicy``.

Defaults and refusals are those of ``pkg/apis/apps/v1/defaults.go`` and ``pkg/apis/apps/validation/validation.go``.
"""

from __future__ import annotations

from collections.abc import Sequence

from binpack.listing import listed
from binpack.workload.documents import Node
from binpack.workload.kubernetes_object import KubernetesObject
from binpack.workload.scaling import Share
from binpack.workload.shares import read_share
from binpack.workload.update_strategy import NONE, ONE, QUARTER, STOP_ALL, STOP_ONE, UpdateStrategy

ROLLING, RECREATE, ON_DELETE = "RollingUpdate", "Recreate", "OnDelete"
ORDERED, PARALLEL = "OrderedReady", "Parallel"
DEPLOYMENT = UpdateStrategy(QUARTER, QUARTER)
"""What a Deployment that says nothing does."""

_SECOND = 10**9
_MOST = 2**31 - 1  # the API's int32
_SHOWN = 3  # objects that a note names


def read_update_strategy(item: KubernetesObject) -> UpdateStrategy | None:
    """What an object says, with the defaults of its kind; None where it says no more than an era takes for granted.

    Nothing replaces bare Pods, or the pods of a ReplicaSet or ReplicationController without an owner: they are ended by
    hand, one after the other. InputError for what the API server refuses.
    """
    pause = _whole(item.node, "seconds", "spec", "minReadySeconds") * _SECOND
    if item.kind == "Deployment":
        found = _deployment(item.node, pause)
        return None if found == DEPLOYMENT else found
    if item.kind == "StatefulSet":
        return _stateful_set(item.node, pause)
    if item.kind == "DaemonSet":
        found = _daemon_set(item.node, pause)
        return None if found == STOP_ONE else found
    by_hand = item.kind in ("Pod", "ReplicaSet", "ReplicationController") and not item.owners
    return STOP_ONE if by_hand or item.is_pod_of("StatefulSet") else None


def starts_in_order(item: KubernetesObject) -> bool:
    """Whether each copy waits for the one before it. InputError for what is no policy."""
    if item.kind != "StatefulSet":
        return False
    return _word(item.node.find("spec", "podManagementPolicy"), (ORDERED, PARALLEL)) == ORDERED


def update_notes(items: Sequence[KubernetesObject]) -> list[str]:
    """Objects that are not updated, or not wholly, unless somebody acts."""
    sets = [item for item in items if item.kind in ("StatefulSet", "DaemonSet")]
    by_hand = [i.shown for i in sets if i.node.find_text("spec", "updateStrategy", "type") == ON_DELETE]
    kept = [i.shown for i in sets if _partition(i.node)]
    notes = []
    if by_hand:
        notes.append(f"updated as their pods are deleted (OnDelete), counted one by one: {listed(by_hand, _SHOWN)}")
    if kept:
        notes.append(f"updated from their partition on, the pods below stay: {listed(kept, _SHOWN)}")
    return notes


def _deployment(node: Node, pause: int) -> UpdateStrategy:
    strategy = node.find("spec", "strategy")
    rolling = _rolling(strategy, (ROLLING, RECREATE))
    if _word(None if strategy is None else strategy.find("type"), (ROLLING, RECREATE)) == RECREATE:
        return UpdateStrategy(unavailable=STOP_ALL.unavailable, pause=pause)
    surge = _share(rolling, "maxSurge", QUARTER)
    unavailable = _share(rolling, "maxUnavailable", QUARTER, most=100)
    _refuse_nothing(rolling, surge, unavailable)
    return UpdateStrategy(surge, unavailable, pause=pause)


def _stateful_set(node: Node, pause: int) -> UpdateStrategy:
    """``maxUnavailable`` counts as with the feature gate ``MaxUnavailableStatefulSet``; percentages come to 1 at least."""
    rolling = _rolling(node.find("spec", "updateStrategy"), (ROLLING, ON_DELETE))
    unavailable = _share(rolling, "maxUnavailable", ONE, most=100)
    if rolling is not None and not unavailable.number:
        raise (rolling.find("maxUnavailable") or rolling).error("maxUnavailable 0", "at least one pod at a time")
    return UpdateStrategy(unavailable=unavailable, kept=_partition(node), pause=pause)


def _daemon_set(node: Node, pause: int) -> UpdateStrategy:
    rolling = _rolling(node.find("spec", "updateStrategy"), (ROLLING, ON_DELETE))
    surge = _share(rolling, "maxSurge", NONE, most=100)
    unavailable = _share(rolling, "maxUnavailable", ONE, most=100)
    _refuse_nothing(rolling, surge, unavailable)
    if rolling is not None and surge.number and unavailable.number:
        raise rolling.error(
            f"a DaemonSet with maxSurge {surge} and maxUnavailable {unavailable}",
            "one of the two, and 0 for the other",
            "maxUnavailable is 1 unless it says 0",
        )
    return UpdateStrategy(surge, unavailable, pause=pause)


def _rolling(strategy: Node | None, types: tuple[str, str]) -> Node | None:
    """``rollingUpdate``, which nothing but the first type has."""
    if strategy is None:
        return None
    chosen, rolling = _word(strategy.find("type"), types), strategy.find("rollingUpdate")
    if rolling is not None and chosen != ROLLING:
        raise rolling.error(f"rollingUpdate with type {chosen}", f"type {ROLLING}, or no rollingUpdate")
    return rolling


def _share(rolling: Node | None, key: str, default: Share, most: int | None = None) -> Share:
    node = None if rolling is None else rolling.find(key)
    return default if node is None else read_share(node, "pods", most)


def _refuse_nothing(rolling: Node | None, surge: Share, unavailable: Share) -> None:
    if rolling is not None and not surge.number and not unavailable.number:
        place = rolling.find("maxUnavailable") or rolling
        raise place.error(f"maxSurge {surge} and maxUnavailable {unavailable}", "at least one of them above 0")


def _partition(node: Node) -> int:
    return _whole(node, "pods", "spec", "updateStrategy", "rollingUpdate", "partition")


def _whole(node: Node, what: str, *path: str) -> int:
    """The number there, 0 where nothing is said."""
    value = node.find(*path)
    number = 0 if value is None else value.integer()
    if value is not None and not 0 <= number <= _MOST:
        raise value.error(f"{path[-1]} {number}", f"a whole number of {what} from 0 to {_MOST}")
    return number


def _word(node: Node | None, words: tuple[str, str]) -> str:
    """One of the words, the first where nothing is said."""
    text = words[0] if node is None else node.text
    if text in words:
        return text
    assert node is not None
    raise node.error(node.describe(), f"{words[0]} or {words[1]}")

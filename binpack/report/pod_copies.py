"""Equal pods together, by the name that they have but for their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from binpack.kubernetes.pod import Pod


def set_of(pod: Pod) -> str:
    """The name of the set that a pod is of."""
    return pod.key.rpartition("-")[0]


def copies(pods: Iterable[Pod]) -> Counter[str]:
    """How many pods there are of each set."""
    return Counter(map(set_of, pods))


def with_count(name: str, count: int) -> str:
    """``web x 3``; the name alone of one."""
    return f"{name} x {count}" if count > 1 else name

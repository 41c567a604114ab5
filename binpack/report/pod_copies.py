"""Equal pods together, by the name that they have but for their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from binpack.kubernetes.pod import Pod


def copies(pods: Iterable[Pod]) -> Counter[str]:
    """How many pods there are of each set."""
    return Counter(pod.key.rpartition("-")[0] for pod in pods)


def with_count(name: str, count: int) -> str:
    """``web x 3``; the name alone of one."""
    return f"{name} x {count}" if count > 1 else name

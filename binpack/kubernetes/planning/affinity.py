"""Beside whom the sets of pods stand that want company: required pod affinity as a rule for what stands at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def companions(matching: Mapping[int, Sequence[int]], copies: Sequence[int]) -> dict[int, int | None]:
    """For each set with affinity the one that it stands beside; None where none can ever be placed.

    matching : of each set whose affinity no pod in place meets, the sets that meet it. copies : of every set.

    The scheduler looks only at who stands already, so a circle of sets that wait for each other is placed only where one of
    them meets its own terms and may be the first (``satisfyPodAffinity``). So a set stands beside one that does not wait for
    it: of those that can be placed before it the largest; where there is none, it is the first of all, beside itself, and
    its copies stay in its domain, as whoever else meets its terms comes later.
    """
    found: dict[int, int | None] = {}
    left = list(matching)
    while left:
        ready = [(i, [j for j in matching[i] if j != i and j not in left]) for i in left]
        for i, before in ready:
            if before:
                found[i] = max(before, key=lambda j: (copies[j], -j))
        if any(before for _, before in ready):
            left = [i for i, before in ready if not before]
            continue
        first = next((i for i in left if i in matching[i]), None)
        if first is None:
            return found | dict.fromkeys(left)
        found[first] = first
        left.remove(first)
    return found

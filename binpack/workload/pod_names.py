"""Which workload a pod belongs to, by how controllers name the pods that they make."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from binpack.workload.application import Resources

_SUFFIX = "[bcdfghjklmnpqrstvwxz2456789]"  # apimachinery pkg/util/rand: no vowels, and no digits that look like letters
_MADE_BY = tuple(
    re.compile(rf"(.+)-{ending}\Z")
    for ending in (
        "[0-9]+",  # StatefulSet: ordinals
        f"{_SUFFIX}{{5}}",  # DaemonSet, Job, ReplicaSet
        f"{_SUFFIX}{{1,10}}-{_SUFFIX}{{5}}",  # Deployment: the ReplicaSet's template hash before
        f"[0-9]+-{_SUFFIX}{{5}}",  # CronJob: the minute before; a Job's pods with an index
    )
)


def workload_of(pod: str, names: Collection[str]) -> str | None:
    """The longest of these names that a controller could have made the pod's name of; None if there is none."""
    found = (match[1] for match in (pattern.match(pod) for pattern in _MADE_BY) if match and match[1] in names)
    return max(found, key=len, default=None)


def by_workload(usage: Mapping[str, Resources], keys: Iterable[str]) -> dict[str, Resources]:
    """Amounts of pods as amounts of their workloads: of each the most that any of its pods has.

    usage : ``namespace/name`` or ``name`` -> amounts, of workloads or of pods. keys : of the workloads, ``namespace/name``.
    What is no pod of a workload stays under its own name.
    """
    keys = set(keys)
    names = keys | {key.rpartition("/")[2] for key in keys}
    found: dict[str, dict[str, int]] = {}
    for name, amounts in usage.items():
        largest = found.setdefault(name if name in names else workload_of(name, names) or name, {})
        for resource, amount in amounts.items():
            largest[resource] = max(amount, largest.get(resource, 0))
    return dict(found)

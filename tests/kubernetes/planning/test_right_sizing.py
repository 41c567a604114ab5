"""Requests replaced by usage: only CPU and memory, and only of what was measured."""

from __future__ import annotations

from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.right_sizing import right_sized
from binpack.kubernetes.pod import PodTemplate


def pods(name: str, **requests: int) -> PodSet:
    amounts = {"cpu": 500, "memory": 10**6, "nvidia.com/gpu": 1000, **requests}
    return PodSet(name, "Deployment", 2, PodTemplate("shop", requests=tuple(sorted(amounts.items()))))


def test_only_what_was_measured_changes() -> None:
    """CPU in thousandths, memory from bytes to thousandths of them; devices and unmeasured sets stay as they are."""
    sets = [pods("web"), pods("db"), pods("cache")]
    usage = {
        "web-7d4b9c6f5d-x2x4z": {"cpu": 100, "memory": 2000},
        "shop/db-0": {"cpu": 900},
        "shop/web-x2x4z": {"cpu": 70},
    }
    found = right_sized(sets, usage)
    assert found.measured == 2
    assert [each.template.amounts for each in found.sets] == [
        {"cpu": 70, "memory": 1000, "nvidia.com/gpu": 1},
        {"cpu": 900, "memory": 1000, "nvidia.com/gpu": 1},
        {"cpu": 500, "memory": 1000, "nvidia.com/gpu": 1},
    ]
    assert found.sets[2] is sets[2]

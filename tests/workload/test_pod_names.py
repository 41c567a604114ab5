"""Pods are told their workload by their names, as controllers make them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.workload.pod_names import by_workload, workload_of

SAFE = st.text("bcdfghjklmnpqrstvwxz2456789", min_size=5, max_size=5)
NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@pytest.mark.parametrize(
    ("pod", "workload"),
    [
        ("web-7d4b9c6f5d-x2x4z", "web"),  # a Deployment's
        ("web-api-7d4b9c6f5d-x2x4z", "web-api"),
        ("db-11", "db"),  # a StatefulSet's
        ("agent-x2x4z", "agent"),  # a DaemonSet's
        ("report-29012345-x2x4z", "report"),  # a CronJob's
        ("web", None),
        ("web-aeiou", None),  # no suffix has vowels
        ("other-7d4b9c6f5d-x2x4z", None),
    ],
)
def test_names(pod: str, workload: str | None) -> None:
    """The longest name that fits, and none where no controller makes such a name."""
    assert workload_of(pod, {"web", "web-api", "db", "agent", "report"}) == workload


@given(NAMES, SAFE, SAFE, st.integers(0, 10**8))
def test_every_controller_is_known(name: str, one: str, two: str, number: int) -> None:
    """What is made of a name leads back to it."""
    for ending in (f"{one}-{two}", one, f"{number}", f"{number}-{one}"):
        assert workload_of(f"{name}-{ending}", {name}) == name


def test_the_largest_pod_counts() -> None:
    """Amounts of pods become those of their workload, resource by resource; the rest stays under its own name."""
    usage = {
        "s/web-7d4b9c6f5d-x2x4z": {"cpu": 1, "memory": 5},
        "s/web-7d4b9c6f5d-b2x4z": {"cpu": 3},
        "t/web-7d4b9c6f5d-b2x4z": {"cpu": 9},
        "s/web": {"cpu": 2},
        "db-0": {"cpu": 7},
    }
    assert by_workload(usage, ["s/web", "s/db"]) == {
        "s/web": {"cpu": 3, "memory": 5},
        "t/web-7d4b9c6f5d-b2x4z": {"cpu": 9},
        "db": {"cpu": 7},
    }

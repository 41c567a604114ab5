"""What budgets allow where they have no status: by the healthy pods of their selector, as the controller counts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kubernetes.budget_objects import budget, read_budgets
from tests.kubernetes.test_disruption import pod

READY, NOT_READY = ({"conditions": [{"type": "Ready", "status": status}]} for status in ("True", "False"))


@pytest.mark.parametrize(
    ("bound", "status", "first", "allowed"),
    [
        ({"minAvailable": 2}, None, pod("p0"), 1),
        ({"minAvailable": 2}, None, pod("p0", status=READY), 1),
        ({"minAvailable": 2}, None, pod("p0", status=NOT_READY), 0),
        ({"maxUnavailable": 1}, None, pod("p0", status=NOT_READY), 0),
        ({"maxUnavailable": 1}, {"disruptedPods": {"p0": "x"}}, pod("p0"), 0),
        ({"minAvailable": 2}, {"disruptedPods": {"p0": "x"}}, pod("p0"), 0),
        ({"minAvailable": 2}, {"disruptionsAllowed": 3}, pod("p0", status=NOT_READY), 3),
        ({"maxUnavailable": 1}, None, pod("p0", namespace="other", status=NOT_READY), 1),
    ],
)
def test_what_may_go(bound: dict[str, Any], status: Any, first: dict[str, Any], allowed: int) -> None:
    """Of three pods: one that is not ready, or whose eviction is under way, is down already; a status says it itself."""
    found = read_budgets([budget(status=status, **bound)], [first, pod("p1"), pod("p2")])
    assert [each.allowed for each in found] == [allowed]

"""PodDisruptionBudgets as objects, and as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.kubernetes.instance import document
from binpack.kubernetes.disruption_budgets import Budget, budgets_of

Object = dict[str, Any]


def budget(name: str = "b", namespace: str = "shop", status: Any = None, app: str = "web", **spec: Any) -> Object:
    """A PodDisruptionBudget of the pods of an application."""
    whole = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"selector": {"matchLabels": {"app": app}}, **spec},
    }
    return whole if status is None else {**whole, "status": status}


def allowing(app: str, allowed: int, **status: object) -> Object:
    """A budget for the pods of an application that lets so many go."""
    return budget(namespace="default", app=app, status={"disruptionsAllowed": allowed, **status})


def read_budgets(objects: Sequence[Object], pods: Sequence[Object] = ()) -> list[Budget]:
    """As they are read beside these pods, of which none counts where a budget has a status."""
    return budgets_of([document(each) for each in objects], [document(each) for each in pods])

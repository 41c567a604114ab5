"""The pods that a ResourceQuota is about (``pkg/quota/v1/evaluator/core/pods.go``, ``podMatchesScopeFunc``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from binpack.kubernetes.resource_list import CPU, MEMORY
from binpack.workload.documents import Node
from binpack.workload.kubernetes_amounts import all_containers
from binpack.workload.kubernetes_pods import PodSource

_KNOWN = ("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass")


class _Scope(NamedTuple):
    name: str
    operator: str
    values: tuple[str, ...]


def unknown_scopes(quota: Node) -> list[str]:
    """Scopes of a quota that are not judged here."""
    return [scope.name for scope in _scopes(quota) if scope.name not in _KNOWN]


def in_scopes(quota: Node, source: PodSource) -> bool:
    """Is the pod in all scopes of the quota?"""
    return all(_matches(scope, source) for scope in _scopes(quota))


def _scopes(quota: Node) -> Iterator[_Scope]:
    yield from (_Scope(node.text, "Exists", ()) for node in quota.find_list("spec", "scopes"))
    for node in quota.find_list("spec", "scopeSelector", "matchExpressions"):
        values = tuple(value.text for value in node.find_list("values"))
        yield _Scope(node.find_text("scopeName"), node.find_text("operator", default="Exists"), values)


def _matches(scope: _Scope, source: PodSource) -> bool:
    if scope.name.endswith("Terminating"):
        ends = source.spec.find("activeDeadlineSeconds") is not None
        return ends == (scope.name == "Terminating")
    if scope.name.endswith("BestEffort"):
        return _is_best_effort(source) == (scope.name == "BestEffort")
    name = source.spec.find_text("priorityClassName")
    if scope.operator == "Exists":
        return bool(name)
    if scope.operator == "DoesNotExist":
        return not name
    return (bool(name) and name in scope.values) == (scope.operator == "In")


def _is_best_effort(source: PodSource) -> bool:
    """No container, and not the pod itself, asks for or limits CPU or memory."""
    amounts = [a for c in all_containers(source) for a in (c.requests, c.limits)]
    own = any(source.spec.find("resources", key) is not None for key in ("requests", "limits"))
    return not own and not any(some.get(name) for some in amounts for name in (CPU, MEMORY))

"""Helm's hooks: pods and jobs that run when a chart is installed, upgraded or tested, and end (``helm.sh/hook``)."""

from __future__ import annotations

from collections.abc import Sequence

from binpack.listing import listed
from binpack.workload.kubernetes_object import KubernetesObject

_ANNOTATION = "helm.sh/hook"
_ENDING = ("Pod", "Job")
_SHOWN = 3  # objects that a note names


def without_hooks(items: Sequence[KubernetesObject], notes: list[str]) -> list[KubernetesObject]:
    """The objects that stay; hooks of other kinds go on running once they are made, and stay too."""
    hooks = [item for item in items if item.kind in _ENDING and _moments(item)]
    if hooks:
        shown = listed([f"{item.shown} ({_moments(item)})" for item in hooks], _SHOWN)
        notes.append(f"left out, Helm hooks that run at that moment only ({len(hooks)}): {shown}")
    left_out = set(map(id, hooks))
    return [item for item in items if id(item) not in left_out]


def _moments(item: KubernetesObject) -> str:
    """When a hook runs (``pre-install,pre-upgrade``); empty for what is none."""
    annotations = item.node.find("metadata", "annotations")
    return "" if annotations is None else annotations.find_text(_ANNOTATION)

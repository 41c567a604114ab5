"""LimitRange objects: the requests and limits they give to containers that declare none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from binpack.kubernetes.resource_list import MilliAmounts, Warn, read_resource_list
from binpack.workload.documents import Node


@dataclass(frozen=True)
class ContainerDefaults:
    """What the LimitRanges of one namespace fill in, in thousandths; keys that a container declares stay as they are."""

    requests: MilliAmounts = field(default_factory=dict)
    limits: MilliAmounts = field(default_factory=dict)


def read_limit_ranges(documents: Sequence[Node], warn: Warn) -> ContainerDefaults:
    """The container defaults of a namespace's LimitRanges. Their order is undefined: the first that names a resource wins.

    Each item is defaulted first (``SetDefaults_LimitRangeItem``): ``default`` from ``max``, ``defaultRequest`` from
    ``default``, else from ``min``. Items of other types give no defaults.
    """
    requests: dict[str, int] = {}
    limits: dict[str, int] = {}
    for document in documents:
        for item in document.find_list("spec", "limits"):
            if item.find_text("type") != "Container":
                continue
            lists = {
                key: read_resource_list(item.find(key), warn) for key in ("default", "defaultRequest", "max", "min")
            }
            default = lists["max"] | lists["default"]
            limits = default | limits
            requests = lists["min"] | default | lists["defaultRequest"] | requests
    return ContainerDefaults(requests, limits)

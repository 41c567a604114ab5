"""What admission counts for a pod, and how the API server writes amounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from binpack.kubernetes.pod_size import ContainerSize, aggregate, is_pod_level
from binpack.kubernetes.quantity import NANO, Form, canonical
from binpack.kubernetes.resource_list import MILLI, MilliAmounts, read_resource_list
from binpack.workload.kubernetes_pods import PodSource


def all_containers(source: PodSource) -> list[ContainerSize]:
    """Every container of a pod once, init containers last."""
    return [*source.size.containers, *(c for c in source.size.init if not c.restartable)]


def overhead(source: PodSource) -> MilliAmounts:
    """What the pod's runtime takes besides, in thousandths."""
    return read_resource_list(source.spec.find("overhead"), lambda _: None)


def pod_limits(source: PodSource) -> dict[str, int]:
    """Limits of all containers together, in thousandths, where one without a limit adds nothing; or those of the pod where
    it has any. Without overhead."""
    ordinary = [replace(c, requests=c.limits) for c in source.size.containers if not c.restartable]
    init = [replace(container, requests=container.limits) for container in source.size.init]
    own = read_resource_list(source.spec.find("resources", "limits"), lambda _: None)
    return {**aggregate(ordinary, init), **{name: amount for name, amount in own.items() if is_pod_level(name)}}


def written(milli: int) -> str:
    """An amount in thousandths as the API server writes it; in powers of 1024 where it is a multiple of 1024."""
    form: Form = "binary" if milli % (1024 * MILLI) == 0 else "decimal"
    return canonical(milli * (NANO // MILLI), form)


def written_list(amounts: Mapping[str, str]) -> str:
    """``a=1,b=2``, by name (``prettyPrint``)."""
    return ",".join(f"{name}={amounts[name]}" for name in sorted(amounts))

"""Sizing: from what applications declare to what the eras place, with stated defaults for what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from binpack.errors import input_error
from binpack.units import CPU, MEMORY, MIB, format_amount
from binpack.workload.application import Application, Resources
from binpack.workload.workload import Assumption, Workload

MEASURES = ("requests", "limits", "usage")
# Per container. Source: kube-scheduler, pkg/scheduler/util/pod_resources.go (non-zero requests used in scoring).
DEFAULTS = {CPU: 100, MEMORY: 200 * MIB}


def size_workload(workload: Workload, by: str = "requests", usage: Mapping[str, Resources] | None = None) -> Workload:
    """Fill ``size`` and ``assumed`` of every application.

    by : ``requests`` (limits stand in for what is not requested), ``limits`` (requests stand in), or ``usage``, where
        ``usage`` maps ``group/name`` or ``name`` to amounts and requests stand in.
    """
    if by not in MEASURES:
        raise input_error("--size-by", repr(by), "one of " + ", ".join(MEASURES))
    sized = tuple(_sized(application, by, usage or {}) for application in workload.applications)
    guessed = [a.key for a in sized if a.assumed]
    assumptions = workload.assumptions
    if guessed:
        value = " and ".join(format_amount(r, amount) + (" CPU" if r == CPU else "") for r, amount in DEFAULTS.items())
        source = f"kube-scheduler util/pod_resources.go; used for {len(guessed)} applications without a request"
        assumptions = (*assumptions, Assumption("a container without requests", value, source))
    return replace(workload, applications=sized, assumptions=assumptions)


def _sized(application: Application, by: str, usage: Mapping[str, Resources]) -> Application:
    """Measure by measure, the first that has a resource gives it; defaults last."""
    measured = usage.get(application.key, usage.get(application.name, {}))
    order = {
        "requests": (application.requests, application.limits),
        "limits": (application.limits, application.requests),
        "usage": (measured, application.requests, application.limits),
    }[by]
    containers = max(1, len(application.containers))
    size = {resource: amount * containers for resource, amount in DEFAULTS.items()}
    known: dict[str, int] = {}
    for measure in reversed(order):
        known.update(measure)
    assumed = frozenset(size) - frozenset(known)
    return replace(application, size={**size, **known}, assumed=assumed)


def assumed_share(workload: Workload) -> Fraction:
    """The part of all copies' CPU or memory, whichever is larger, that stated defaults stand for."""
    shares = [Fraction(0)]
    for resource in DEFAULTS:
        total = sum(a.size.get(resource, 0) * a.replicas for a in workload.placed)
        guessed = sum(a.size[resource] * a.replicas for a in workload.placed if resource in a.assumed)
        if total:
            shares.append(Fraction(guessed, total))
    return max(shares)

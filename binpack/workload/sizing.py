"""Sizing: from what applications declare to what the eras place, with stated defaults for what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from binpack.errors import input_error
from binpack.listing import listed
from binpack.units import CPU, MEMORY, MIB, format_amount
from binpack.workload.application import Application, Component, Resources
from binpack.workload.curves import by_curves, without_curves
from binpack.workload.image_layers import with_layers
from binpack.workload.pod_names import by_workload
from binpack.workload.workload import Assumption, Workload

MEASURES = ("requests", "limits", "usage", "curve")
# Per container. Source: kube-scheduler, pkg/scheduler/util/pod_resources.go (non-zero requests used in scoring).
DEFAULTS = {CPU: 100, MEMORY: 200 * MIB}
_SHOWN = 5  # names that a note lists


def size_workload(workload: Workload, by: str = "requests", usage: Mapping[str, Resources] | None = None) -> Workload:
    """Fill ``size``, ``assumed`` and ``layers`` of every application.

    by : ``requests`` (limits stand in for what is not requested), ``limits`` (requests stand in), ``usage``, where
        ``usage`` maps ``group/name`` or ``name``, of applications or of their pods, to amounts (see ``workload.usage``) and
        requests stand in, or ``curve``: by a trace's curves (see ``workload.curves``), by requests where there are none.
    What nothing says comes from the components, if all of them say it, else from stated defaults. Notes tell what stood in.
    """
    if by not in MEASURES:
        raise input_error("--size-by", repr(by), "one of " + ", ".join(MEASURES))
    if by == "usage" and not usage:
        raise input_error("--size-by usage", "no amounts used", "a table of what applications use")
    usage = by_workload(usage or {}, [application.key for application in workload.applications])
    sized = tuple(size_application(application, by, usage) for application in workload.applications)
    guessed = [a.key for a in sized if a.assumed]
    assumptions = workload.assumptions
    if guessed:
        value = " and ".join(format_amount(r, amount) + (" CPU" if r == CPU else "") for r, amount in DEFAULTS.items())
        source = f"kube-scheduler util/pod_resources.go; used for {len(guessed)} applications without a request"
        assumptions = (*assumptions, Assumption("a container without requests", value, source))
    notes = (*workload.notes, *_notes(workload, by, usage))
    found = with_layers(replace(workload, applications=sized, assumptions=assumptions, notes=notes))
    return by_curves(found) if by == "curve" else without_curves(found)


def size_application(
    application: Application, by: str = "requests", usage: Mapping[str, Resources] | None = None
) -> Application:
    """Measure by measure, the first that has a resource gives it; defaults last."""
    containers = max(1, len(application.containers))
    size = {resource: amount * containers for resource, amount in DEFAULTS.items()}
    known = _of_components(application.components)
    for measure in reversed(_measures(application, by, usage or {})):
        known.update(measure)
    assumed = frozenset(size) - frozenset(known)
    return replace(application, size={**size, **known}, assumed=assumed)


def _measures(application: Application, by: str, usage: Mapping[str, Resources]) -> tuple[Resources, ...]:
    """What an application says of its size, from the first choice to the last."""
    requests, limits = application.requests, application.limits
    if by == "usage":
        return usage.get(application.key, usage.get(application.name, {})), requests, limits
    return (limits, requests) if by == "limits" else (requests, limits)


def _of_components(components: tuple[Component, ...]) -> dict[str, int]:
    """One copy of each part, and what is fixed once: the whole's size, as far as every part says its own."""
    named = dict.fromkeys(resource for component in components for resource in component.requests)
    said = [r for r in named if all(r in c.requests for c in components) or r not in DEFAULTS]
    fixed = fixed_of_whole(components)
    return {r: sum(c.requests.get(r, 0) - c.fixed.get(r, 0) for c in components) + fixed.get(r, 0) for r in said}


def fixed_of_whole(components: tuple[Component, ...]) -> dict[str, int]:
    """What one process of all components takes whatever its load: of each resource as much as its largest part."""
    named = dict.fromkeys(resource for component in components for resource in component.fixed)
    return {r: max(component.fixed.get(r, 0) for component in components) for r in named}


def _notes(workload: Workload, by: str, usage: Mapping[str, Resources]) -> list[str]:
    notes = []
    others = {"requests": "limits", "limits": "requests", "usage": "requests or limits", "curve": "limits"}[by]
    verb = {"requests": "request", "limits": "limit", "usage": "have no usage of", "curve": "request"}[by]
    stood_in = []
    for application in workload.applications:
        first, *rest = _measures(application, by, usage)
        if any(r not in first and any(r in measure for measure in rest) for r in DEFAULTS):
            stood_in.append(application.name)
    if stood_in:
        missing = f"{verb} CPU or memory" if by == "usage" else f"{verb} no CPU or no memory"
        notes.append(f"{len(stood_in)} applications {missing}: their {others} stand in ({listed(stood_in, _SHOWN)})")
    names = {name for a in workload.applications for name in (a.key, a.name)}
    if by == "usage" and (strange := [name for name in usage if name not in names]):
        notes.append(f"usage of what is not among the applications: {listed(strange, _SHOWN)}")
    return notes


def assumed_share(workload: Workload) -> Fraction:
    """The part of all copies' CPU or memory, whichever is larger, that stated defaults stand for."""
    shares = [Fraction(0)]
    for resource in DEFAULTS:
        total = sum(a.size.get(resource, 0) * a.replicas for a in workload.placed)
        guessed = sum(a.size[resource] * a.replicas for a in workload.placed if resource in a.assumed)
        if total:
            shares.append(Fraction(guessed, total))
    return max(shares)

"""Every copy of a plan once, as big as it was asked for, on a machine that it may share with its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from binpack.verify.facts import Facts
from binpack.workload.application import Application

Json = Mapping[str, Any]
Run = tuple[int, int]

PODS = "pods"


def replica_faults(plan: Json) -> Iterator[str]:
    """The replicas of an application are 0, 1, 2 ... without a gap and each of them once."""
    for application, runs in replica_runs(plan).items():
        end = 0
        for start, stop in sorted(runs):
            if start < end:
                yield f"{application}: replica {start} is placed twice"
            elif start > end:
                yield f"{application}: replica {end} is not there, but {start} is"
            end = max(end, stop)


def replica_runs(plan: Json) -> dict[str, list[Run]]:
    """Application -> half-open runs of replica numbers. The k-th of an entry's equal machines holds those of the first,
    k times as many further as a machine has of them."""
    runs: dict[str, list[Run]] = {}
    for machine in plan["machines"]:
        on_one: dict[str, list[Run]] = {}
        for instance in machine["instances"]:
            run = (instance["replica"], instance["replica"] + instance["count"])
            on_one.setdefault(instance["application"], []).append(run)
        for application, found in on_one.items():
            copies = sum(stop - start for start, stop in found)
            ordered = sorted(found)
            touching = all(a[1] == b[0] for a, b in pairwise(ordered))
            if touching:  # one run, however many machines there are
                start = ordered[0][0]
                runs.setdefault(application, []).append((start, start + copies * machine["count"]))
            else:
                shifts = range(0, copies * machine["count"], max(1, copies))
                runs.setdefault(application, []).extend((a + s, b + s) for s in shifts for a, b in found)
    return runs


def count_faults(plan: Json, facts: Facts) -> Iterator[str]:
    """Placed and unplaced copies are together those asked for; nobody else is there; each has the size asked for."""
    placed: dict[str, int] = {}
    for machine in plan["machines"]:
        for instance in machine["instances"]:
            name = instance["application"]
            placed[name] = placed.get(name, 0) + instance["count"] * machine["count"]
            application = facts.applications.get(name)
            if application is not None and _amounts(instance["requests"]) != _amounts(application.size):
                yield f"{name}: requests {instance['requests']}, but its size is {dict(application.size)}"
    missing: dict[str, int] = {}
    for entry in plan["unplaced"]:
        missing[entry["application"]] = missing.get(entry["application"], 0) + entry["count"]
    for name, application in facts.applications.items():
        found, absent = placed.get(name, 0), missing.get(name, 0)
        if found + absent != application.replicas:
            yield f"{name}: {found} placed and {absent} unplaced of {application.replicas}"
    for name in placed:
        if name not in facts.applications:
            yield f"{name}: placed, but nobody asked for it"


def _amounts(requests: Mapping[str, int]) -> dict[str, int]:
    """What is requested, without the pod slot that Kubernetes adds and without zeros."""
    return {resource: amount for resource, amount in requests.items() if amount and resource != PODS}


def neighbour_faults(machine: Json, facts: Facts, complete: bool) -> Iterator[str]:
    """Rules of applications about their host, which is the physical machine whatever is in between.

    complete : nothing is unplaced, so that whoever an application needs beside it has to be there.
    """
    name, apps = machine["name"], facts.applications
    copies: dict[str, int] = {}
    for instance in machine["instances"]:
        copies[instance["application"]] = copies.get(instance["application"], 0) + instance["count"]
    for key, count in copies.items():
        if key not in apps:
            continue
        rules = apps[key].placement
        if rules.max_per_host is not None and count > rules.max_per_host:
            yield f"{name}: {count} copies of {key}, which allows {rules.max_per_host} on one host"
        for other in rules.apart_from:
            if other != key and other in copies:
                yield f"{name}: {key} is beside {other}, from which it has to be apart"
        for other, most in rules.most_beside.items():
            if other != key and copies.get(other, 0) > most:
                yield f"{name}: {copies[other]} copies of {other} beside {key}, which allows {most}"
        for other in rules.together_with:
            if complete and other in apps and other not in copies:
                yield f"{name}: {key} has no {other} beside it"
        if apps[key].isolation == "machine" and sum(copies.values()) > 1:
            yield f"{name}: {key} asks for a machine of its own, but {sum(copies.values())} copies are there"
    yield from _kernels(machine, apps)


def _kernels(machine: Json, apps: Mapping[str, Application]) -> Iterator[str]:
    """What shares a kernel is of one family and architecture: the machine's, or that of whatever else is in the VM."""
    family = machine["labels"].get("kubernetes.io/os")
    arch = machine["labels"].get("kubernetes.io/arch")
    in_vms: dict[str, str] = {}
    for instance in machine["instances"]:
        application = apps.get(instance["application"])
        if application is None:
            continue
        if arch is not None and application.arch != arch:
            yield f"{machine['name']}: {application.key} is for {application.arch}, the machine is {arch}"
        vm = instance["inside"]
        expected = family if vm is None else in_vms.setdefault(vm, application.os)
        if expected is not None and application.os != expected:
            yield f"{machine['name']}: {application.key} needs {application.os}, but shares a kernel of {expected}"

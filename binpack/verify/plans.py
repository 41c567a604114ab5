"""Adds a plan up again from its JSON alone, and a comparison from its plans. Knows no era's code, no report, no solver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from binpack.verify.charges import charge_faults
from binpack.verify.copies import count_faults, neighbour_faults, replica_faults
from binpack.verify.eras import era_faults
from binpack.verify.facts import Facts
from binpack.verify.hypervisors import BARE_METAL
from binpack.verify.images import image_faults
from binpack.verify.machines import held, machine_faults, taken, vcpu_faults
from binpack.verify.over_time import over_time_faults
from binpack.verify.places import place_faults
from binpack.verify.rows import row_faults
from binpack.verify.vm_sizes import vm_size_faults

Json = Mapping[str, Any]


def verify_plan(plan: Json, facts: Facts | None = None) -> list[str]:
    """Every broken rule, in words; an empty list if the plan adds up.

    facts : what was asked for. Without it only what the JSON itself says can be held against it.
    """
    era = plan["era"]
    promised, in_vms = (facts.promised(era), facts.promised_in_vms(era)) if facts else ({}, {})
    faults = [fault for machine in plan["machines"] for fault in machine_faults(machine, promised, in_vms)]
    faults += [*replica_faults(plan), *_bounds(plan, facts)]
    names = [machine["name"] for machine in plan["machines"]]
    faults += [f"{name}: two entries of that name" for name, times in sorted(Counter(names).items()) if times > 1]
    if facts is not None:
        faults += _against(plan, facts.in_era(plan["era"]))
    return faults


def _against(plan: Json, facts: Facts) -> Iterator[str]:
    """Everything that takes knowing what was asked for."""
    era = plan["era"]
    for machine in plan["machines"]:
        yield from _machine_type(machine, facts)
        yield from _host_os(era, machine, facts)
        yield from vcpu_faults(machine, facts.vcpus_per_thread(era))
        yield from vm_size_faults(era, machine, facts)
        yield from _headroom(machine, facts, era)
        yield from neighbour_faults(machine, facts, not plan["unplaced"])
    yield from count_faults(plan, facts)
    yield from place_faults(plan, facts.machines, facts.cabinet)
    yield from _stock(plan, facts)
    yield from era_faults(plan, facts)
    yield from charge_faults(plan, facts)
    yield from image_faults(plan, facts)
    yield from over_time_faults(plan, facts)


def _bounds(plan: Json, facts: Facts | None) -> Iterator[str]:
    """A bound is not above its value; where every machine costs the same, ``optimal`` says that they are equal."""
    machines = sum(machine["count"] for machine in plan["machines"])
    if plan["unplaced"]:
        if plan["status"] == "optimal":
            yield "optimal, though something is unplaced"
        return
    if plan["lower_bound"] > machines:
        yield f"the lower bound {plan['lower_bound']} is above the {machines} machines"
    types = facts.machines if facts else {}
    costs = {types[machine["type"]].objective_cost for machine in plan["machines"] if machine["type"] in types}
    one_price = bool(types) and len({kind.objective_cost for kind in types.values()}) <= 1 and len(costs) <= 1
    if one_price and plan["status"] == "optimal" and plan["lower_bound"] < machines:
        yield f"optimal, though the lower bound {plan['lower_bound']} is below the {machines} machines"


def _machine_type(machine: Json, facts: Facts) -> Iterator[str]:
    """A machine has what its type has; pod slots are the node's, not the type's."""
    kind = facts.machines.get(machine["type"])
    if kind is None:
        yield f"{machine['name']}: no machine type {machine['type']!r}"
        return
    found = {resource: amount for resource, amount in machine["capacity"].items() if resource != "pods"}
    expected = {resource: amount for resource, amount in kind.capacity.items() if resource != "pods"}
    if found != expected:
        yield f"{machine['name']}: has {found}, its type {expected}"


def _host_os(era: str, machine: Json, facts: Facts) -> Iterator[str]:
    """The system that was asked for, where the machine has one: a bare-metal hypervisor has none."""
    bare = facts.hypervisor in BARE_METAL and facts.hosts_vms(era)
    found = machine["labels"].get("kubernetes.io/os")
    if facts.host_os is not None and not bare and found != facts.host_os:
        yield f"{machine['name']}: runs {found}, not {facts.host_os}"


def _headroom(machine: Json, facts: Facts, era: str) -> Iterator[str]:
    """The share that stays free: of every machine with copies on it, or of every VM where those are the nodes."""
    boxes = [(machine["name"], machine["capacity"], {r: taken(machine, r) for r in machine["capacity"]})]
    promised = facts.promised(era)
    if facts.on_vms(era):
        promised, inside = facts.promised_in_vms(era), held(machine)
        boxes = [
            (vm["name"], vm["capacity"], {r: inside[vm["name"], r] for r in vm["capacity"]})
            for vm in machine["virtual_machines"]
        ]
    for name, capacity, used in boxes if machine["instances"] else ():
        for resource, share in facts.headroom.items():
            whole = capacity.get(resource, 0) * promised.get(resource, 1)
            if whole - used.get(resource, 0) < whole * share:
                yield f"{name}: less than {float(share):.0%} of {resource} stays free"


def _stock(plan: Json, facts: Facts) -> Iterator[str]:
    """No more machines of a type than there are."""
    used: dict[str, int] = {}
    for machine in plan["machines"]:
        used[machine["type"]] = used.get(machine["type"], 0) + machine["count"]
    for name, count in used.items():
        available = facts.machines[name].available if name in facts.machines else None
        if available is not None and count > available:
            yield f"{count} machines of type {name}; there are {available}"


def verify_row(row: Json, plan: Json, facts: Facts | None = None) -> list[str]:
    """Whether a comparison's row says what its plan adds up to."""
    return list(row_faults(row, plan, facts.in_era(plan["era"]) if facts else None))


def verify_comparison(eras: Json, plans: Sequence[Json], facts: Sequence[Facts | None] | None = None) -> list[str]:
    """Every broken rule of a comparison and of the plans behind its rows, in the rows' order, each naming era and shape."""
    rows = eras["eras"]
    if len(rows) != len(plans):
        return [f"{len(rows)} rows, but {len(plans)} plans"]
    faults = []
    for row, plan, known in zip(rows, plans, facts or [None] * len(rows), strict=True):
        found = verify_plan(plan, known) + verify_row(row, plan, known)
        faults += [f"{row['era']}, {row['shape']}: {fault}" for fault in found]
    return faults

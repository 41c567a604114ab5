"""Where rented machines, which are VMs, are to run VMs, a report says that not every type does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eras.estates import BOX, app

from binpack.eras.options import EraOptions
from binpack.machines.machine_type import MachineType
from binpack.planning import compare_eras
from binpack.workload.application import Application
from binpack.workload.workload import Workload

ERAS = ("physical", "virtual_machines", "containers", "docker_swarm", "kubernetes")


def said(machine: MachineType, *applications: Application, runtime: str = "runc") -> list[str]:
    """What a comparison says of VMs within VMs; what each plan says names its own era alone."""
    options = EraOptions(time_limit=0.1, runtime=runtime)
    found = compare_eras(Workload("test", applications), [machine], eras=ERAS, shapes=("parts",), options=options)
    notes = [note for note in found.notes if "VMs within rented machines" in note]
    for row in found.rows:
        own = [note for note in row.plan.notes if "VMs within rented machines" in note]
        assert all(note.partition(": ")[0] in notes[0].partition(": ")[0].split(", ") for note in own)
    return notes


def rented(name: str, provider: str = "aws") -> MachineType:
    return replace(BOX, name=name, provider=provider, rack_units=None, price=100_000)


def test_vms_on_rented_machines_are_told_of() -> None:
    """The era of VMs has them; the others where somebody asks for a VM, or the runtime makes one of each copy."""
    tail = "VMs within rented machines (m6a.4xlarge), which not every type runs: of AWS's only "
    tail += "C8i, M8i, R8i and bare metal do"
    box = rented("m6a.4xlarge")
    assert said(box, app("web")) == [f"virtual machines: {tail}"]
    every = "virtual machines, containers, Docker Swarm, Kubernetes"
    assert said(box, app("web"), app("vault", isolation="vm")) == [f"{every}: {tail}"]
    assert said(box, app("web"), runtime="kata") == [f"{every}: {tail}"]


@pytest.mark.parametrize("name", ["c8i.4xlarge", "m8i-flex.xlarge", "m5.metal", "m5zn.metal-48xl"])
def test_types_that_run_vms_are_not_named(name: str) -> None:
    """AWS's bare metal, and its families that nest."""
    assert said(rented(name), app("web")) == []


def test_other_providers_and_own_machines() -> None:
    """Of other providers no family is named; racked machines run any VMs."""
    [note] = said(rented("n2-standard-8", "gcp"), app("web"))
    assert note == "virtual machines: VMs within rented machines (n2-standard-8), which not every type runs"
    assert said(BOX, app("web")) == []

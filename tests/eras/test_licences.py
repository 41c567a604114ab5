"""Which machines need a licence in which era, and that the checker counts the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eras.estates import BOX, app, estates, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.cli.era_arguments import Asked
from binpack.comparison import EraResult
from binpack.eras.options import EraOptions
from binpack.machines.licence import METRICS, Licence
from binpack.planning import compare_sized
from binpack.report.json import comparison_json, plan_json
from binpack.verify import verify_comparison
from binpack.workload.application import Application
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload

CORED = replace(BOX, sockets=1, cores=8)
MIXED = [app("web", 4), app("old", 3, os="windows")]


def units(row: EraResult) -> list[int | None]:
    """Of each licence, in the order given."""
    return [licence.units for licence in row.licences]


def test_windows_is_paid_where_it_runs() -> None:
    """Machines of its own; hosts of VMs that have one of it, a set for two; the host of Windows containers."""
    windows = Licence("windows", "core", 10, minimum_per_host=16, covers_vms=2, os="windows")
    found = rows(MIXED, ("physical", "virtual_machines", "docker_swarm"), CORED, licences=(windows,))
    assert units(found["physical"]) == [3 * 16]
    assert (found["virtual_machines"].machines, units(found["virtual_machines"])) == (1, [2 * 16])
    assert found["physical"].costs["licences"] == 480
    old = found["docker_swarm"].plan.machines
    assert units(found["docker_swarm"]) == [
        16 * sum(machine.count for machine in old if machine.labels["kubernetes.io/os"] == "windows")
    ]


def test_a_hypervisor_is_paid_on_hosts_of_vms() -> None:
    """By core on each host, by VM for those that it runs; machines without it need nothing."""
    both = (Licence("esx", "core", 1, hypervisor="esxi"), Licence("backup", "vm", 1, hypervisor="esxi"))
    found = rows(
        [app("web", 4)], ("physical", "virtual_machines", "containers"), CORED, hypervisor="esxi", licences=both
    )
    assert units(found["virtual_machines"]) == [8, 4]
    assert units(found["physical"]) == units(found["containers"]) == [0, 0]
    assert units(rows([app("web", 4)], ("virtual_machines",), CORED, licences=both)["virtual_machines"]) == [0, 0]


def test_an_application_is_paid_for_on_its_systems() -> None:
    """Per core of the machine it shares, per VM it is in; not where it does not run."""
    sql = Licence("sql", "core", 1, applications=("shop/db",))
    each = Licence("agent", "vm", 1, applications=("db",))
    found = rows(
        [app("db", 2), app("web", 5)], ("physical", "virtual_machines", "containers"), CORED, licences=(sql, each)
    )
    assert units(found["physical"]) == [16, 2]
    assert units(found["virtual_machines"]) == [8, 2]
    assert units(found["containers"]) == [8, 1]


def test_unknown_cores_make_the_cost_unknown() -> None:
    """Null for this licence and for the sum, never 0."""
    both = (Licence("os", "core", 1), Licence("run", "host", 7))
    row = rows([app("web")], ("containers",), BOX, licences=both)["containers"]
    assert [(each.units, each.cost_per_month) for each in row.licences] == [(None, None), (1, 7)]
    assert row.costs["licences"] is None


LICENCES = st.builds(
    Licence,
    st.just("a"),
    st.sampled_from(METRICS),
    st.integers(0, 10**9),
    st.integers(0, 20),
    st.integers(0, 40),
    st.none() | st.integers(1, 3),
)
NEEDS = st.sampled_from(
    (
        {},
        {"os": "linux"},
        {"os": "windows"},
        {"applications": ("app0",)},
        {"hypervisor": "kvm"},
        {"hypervisor": "hyperv"},
        {"hypervisor": "esxi"},
    )
)


@settings(max_examples=40, deadline=None)
@given(estates(), st.lists(st.tuples(LICENCES, NEEDS), max_size=3), st.sampled_from(("kvm", "hyperv", "esxi")))
def test_the_checker_counts_the_same(
    estate: list[Application], drawn: list[tuple[Licence, dict[str, object]]], hypervisor: str
) -> None:
    """Units and money of every licence, in every era and both shapes."""
    licences = tuple(
        replace(licence, name=f"licence {k}", **needs)  # type: ignore[arg-type]
        for k, (licence, needs) in enumerate(drawn)
    )
    options = EraOptions(time_limit=0.2, licences=licences, hypervisor=hypervisor)
    asked = Asked(size_workload(Workload("test", tuple(estate))), [CORED], options, ())
    eras = ("physical", "virtual_machines", "containers", "kubernetes_on_vms")
    found = compare_sized(asked.workload, asked.machines, eras, ("parts", "monolith"), options, "requests")
    plans = [plan_json(row.plan) for row in found.rows]
    assert verify_comparison(comparison_json(found), plans, [asked.facts(row.shape) for row in found.rows]) == []


@pytest.mark.parametrize("hypervisor", ["kvm", "xen"])
def test_a_host_of_vms_has_a_system_unless_it_is_bare_metal(hypervisor: str) -> None:
    """What every system needs, a host on Linux needs as well as its VMs; Xen brings what it needs."""
    licence = Licence("agent", "vm", 1)
    row = rows([app("web", 4)], ("virtual_machines",), CORED, hypervisor=hypervisor, licences=(licence,))
    assert units(row["virtual_machines"]) == [5 if hypervisor == "kvm" else 4]

"""Machines, energy and licences together: what is found against every way of placing a tiny estate, and what is claimed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import naive
import pytest
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from eras.estates import BOX, app
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.cli.era_arguments import Asked
from binpack.comparison import Comparison, EraResult
from binpack.eras.costs.cost_objective import cost_first
from binpack.eras.costs.costs import costs_per_month
from binpack.eras.costs.licences import licence_costs
from binpack.eras.era import Setting
from binpack.eras.options import EraOptions
from binpack.eras.registry import era as era_named
from binpack.machines.licence import METRICS, Licence, with_licences
from binpack.machines.machine_type import MachineType
from binpack.machines.ownership import Ownership, owned
from binpack.planning import compare_sized, overheads_of
from binpack.report.json import comparison_json, plan_json
from binpack.units import GIB
from binpack.verify import verify_comparison
from binpack.workload.application import Application
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload

MICRO = 10**6
LARGE = replace(BOX, name="large", sockets=2, cores=16, watts_idle=Fraction(100), watts_full=Fraction(260))
SMALL = replace(
    LARGE, name="small", sockets=1, cores=4, capacity={**BOX.capacity, "memory": 24 * GIB}, watts_full=Fraction(150)
)
ERAS = ("physical", "physical_per_application", "virtual_machines", "containers", "docker_swarm", "kubernetes")


def ways(problem: Problem) -> Iterator[Packing]:
    """Every packing: each choice of forms, every way to put the copies into bins, each bin of every type."""
    choices = [copies for _, copies in naive._choices(naive.Plain(problem))]
    seen = set()
    for copies in choices:
        for bins in _into_bins(copies, problem.bin_types, []):
            bins += [(0, ())] * max(0, problem.minimum_bins - len(bins))
            key = tuple(sorted(bins))
            if key in seen:
                continue
            seen.add(key)
            packing = Packing.from_patterns((kind, {i: held.count(i) for i in held}, 1) for kind, held in bins)
            if not naive.violations(problem, packing):
                yield packing


def _into_bins(
    copies: Sequence[int], kinds: int, bins: list[tuple[int, tuple[int, ...]]]
) -> Iterator[list[tuple[int, tuple[int, ...]]]]:
    if not copies:
        yield list(bins)
        return
    first, rest = copies[0], copies[1:]
    for b, (kind, held) in enumerate(bins):
        yield from _into_bins(rest, kinds, [*bins[:b], (kind, (*held, first)), *bins[b + 1 :]])
    for kind in range(kinds):
        yield from _into_bins(rest, kinds, [*bins, (kind, (first,))])


def cheapest(name: str, setting: Setting) -> int | None:
    """The least total a month of any placement of one era; None where nothing places all."""
    era = era_named(name, setting.options)
    compiled = era.compile(setting)
    types = {machine.name: machine for machine in setting.machines}
    totals = []
    for packing in ways(compiled.problem):
        machines = era.decode(compiled, packing.patterns)
        costs = costs_per_month(machines, types, setting.options.ownership)
        paid = [licence.cost_per_month for licence in licence_costs(era, machines, setting)]
        totals.append(sum(cost or 0 for cost in [*costs.values(), *paid]))
    return min(totals, default=None)


def counted(
    estate: Sequence[Application], machines: Sequence[MachineType], eras: Sequence[str], **fields: object
) -> Comparison:
    """The eras of a workload of parts, verified."""
    options = EraOptions(**{"time_limit": 0.3, **fields})  # type: ignore[arg-type]
    asked = Asked(size_workload(Workload("test", tuple(estate))), list(machines), options, ())
    found = compare_sized(asked.workload, asked.machines, eras, ("parts",), options, "requests")
    plans = [plan_json(row.plan) for row in found.rows]
    assert verify_comparison(comparison_json(found), plans, [asked.facts("parts") for _ in found.rows]) == []
    return found


def row(estate: Sequence[Application], machines: Sequence[MachineType], era: str, **fields: object) -> EraResult:
    """One era of them."""
    return counted(estate, machines, (era,), **fields).rows[0]


@st.composite
def licences(draw: st.DrawFn) -> Licence:
    """Of a system, of an application, of a hypervisor or of every host, by any metric."""
    needs: tuple[dict[str, object], ...] = (
        {},
        {"os": "windows"},
        {"os": "linux"},
        {"applications": ("app0",)},
        {"applications": ("app0", "app1")},
        {"hypervisor": "kvm"},
        {"hypervisor": "hyperv"},
    )
    least = {"minimum_per_host": draw(st.sampled_from((0, 12))), "covers_vms": draw(st.sampled_from((None, 1, 2)))}
    name, price = f"l{draw(st.integers(0, 10**6))}", draw(st.sampled_from((1, 7, 40, 300))) * MICRO
    return Licence(name, draw(st.sampled_from(METRICS)), price, **least, **draw(st.sampled_from(needs)))  # type: ignore[arg-type]


@st.composite
def tiny(draw: st.DrawFn) -> list[Application]:
    """Two applications, three copies at most."""
    return [
        app(
            f"app{k}",
            draw(st.integers(1, 2 - k)),
            draw(st.sampled_from((500, 3_000, 7_000))),
            draw(st.sampled_from((1, 9, 20))) * GIB,
            os=draw(st.sampled_from(("linux", "windows"))),
            isolation=draw(st.sampled_from((None, None, "vm"))),
        )
        for k in range(2)
    ]


@settings(max_examples=10, deadline=None)
@given(
    tiny(),
    st.lists(licences(), max_size=2, unique_by=lambda licence: licence.name),
    st.sampled_from(ERAS[:4]),
    st.sampled_from(((LARGE,), (LARGE, SMALL))),
    st.sampled_from((None, None, 250_000)),
)
def test_nothing_cheaper_exists_where_it_is_said(
    estate: list[Application],
    found: list[Licence],
    era: str,
    machines: tuple[MachineType, ...],
    energy: int | None,
) -> None:
    """The total printed is one of a placement, no placement is below the bound, and what is proven is the least of all."""
    own = Ownership({"large": 9_000 * MICRO, "small": 4_000 * MICRO}, 5, energy)
    options = EraOptions(time_limit=0.3, ownership=own, licences=tuple(found), max_types=2)
    workload = with_licences(size_workload(Workload("test", tuple(estate))), options.licences)
    setting = Setting(workload, owned(machines, own), overheads_of(workload, options), options)
    best = cheapest(era, setting)
    result = row(estate, machines, era, ownership=own, licences=tuple(found), max_types=2)
    if best is None:
        assert result.plan.unplaced
        return
    assert result.cost_per_month is not None
    assert result.cost_lower_bound_per_month is not None
    assert result.cost_lower_bound_per_month <= best <= result.cost_per_month
    if result.plan.status == "optimal" and cost_first(setting):
        assert result.cost_per_month == best


def test_licensed_copies_gather() -> None:
    """Databases with a licence per host share the fewest hosts, in every era in which they may."""
    estate = [app("db", 4, 3_000, 10 * GIB), app("web", 12, 3_000, 10 * GIB)]
    licence = Licence("db", "host", 1_000 * MICRO, applications=("shop/db",))
    own = Ownership({"large": 6_000 * MICRO})
    eras = (*ERAS[2:], "kubernetes_on_vms")
    found = counted(estate, [LARGE], eras, ownership=own, licences=(licence,))
    assert {result.era: result.licences[0].units for result in found.rows} == dict.fromkeys(eras, 1)
    assert found.cost_first


def test_a_machine_more_may_cost_less_than_a_licence() -> None:
    """All fits the large machine; the licensed copy goes to a small one with a quarter of its cores all the same."""
    licence = Licence("db", "core", 100 * MICRO, applications=("db",))
    own = Ownership({"large": 6_000 * MICRO, "small": 5_000 * MICRO})
    result = row(
        [app("db", 1, 3_000, 9 * GIB), app("web", 3, 3_000, 15 * GIB)],
        [LARGE, SMALL],
        "containers",
        ownership=own,
        licences=(licence,),
    )
    assert result.machines_by_type == {"large": 1, "small": 1}
    assert result.licences[0].units == 4


def test_sets_that_cover_two_virtual_machines_are_filled() -> None:
    """Four Windows VMs on two hosts: two and two, or four and none, never three and one, which takes a set more."""
    windows = Licence("windows", "core", 10 * MICRO, covers_vms=2, os="windows")
    estate = [app("old", 4, 3_000, 10 * GIB, os="windows"), app("web", 4, 3_000, 10 * GIB)]
    own = Ownership({"": 6_000 * MICRO})
    result = row(estate, [LARGE], "virtual_machines", ownership=own, licences=(windows,), time_limit=5)
    assert (result.machines, result.licences[0].units, result.plan.status) == (2, 2 * 16, "optimal")


def test_a_limited_fleet_keeps_to_what_there_is() -> None:
    """Machines with and without a licence come from one stock."""
    licence = Licence("db", "host", 100 * MICRO, applications=("db",))
    own = Ownership({"": 6_000 * MICRO})
    few = [replace(LARGE, available=2)]
    result = row([app("db", 2, 9_000), app("web", 2, 5_000)], few, "containers", ownership=own, licences=(licence,))
    assert (result.machines, result.licences[0].units, result.plan.unplaced) == (2, 2, ())


@pytest.mark.parametrize("era", ["containers", "kubernetes_on_vms"])
def test_without_prices_licences_are_counted_not_sought(era: str) -> None:
    """The fewest machines, as without licences; the bill is not known, and nothing is said to be cheapest."""
    licence = Licence("db", "host", MICRO, applications=("db",))
    found = counted([app("db", 2), app("web", 2)], [LARGE], (era,), licences=(licence,))
    assert not found.cost_first
    assert (found.rows[0].sought, found.rows[0].cost_lower_bound_per_month) == ((), None)
    assert found.rows[0].plan.status in ("optimal", "feasible")


def test_unknown_cores_leave_machines_to_be_sought() -> None:
    """Of machines that have a price the cheapest are sought all the same; licences are not among what the bound is of."""
    licence = Licence("db", "core", MICRO, applications=("db",))
    hired = [replace(BOX, name=f"hired-{n}", provider="aws", price=n) for n in (5, 7)]
    found = counted([app("db", 2), app("web", 2)], hired, ("containers",), licences=(licence,))
    assert found.cost_first
    assert found.rows[0].sought == ("machines",)
    assert found.rows[0].cost_lower_bound_per_month == found.rows[0].costs["machines"] == 5 * 730


def test_energy_of_one_machine_type_is_known_in_advance() -> None:
    """With one type the load draws the same wherever it is: the bound is the total; with two it may be below."""
    own = Ownership({"large": 9_000 * MICRO, "small": 4_000 * MICRO}, 5, 250_000)
    estate = [app("web", 5, 3_000, 9 * GIB)]
    alike = row(estate, [LARGE], "containers", ownership=own)
    assert alike.cost_lower_bound_per_month == alike.cost_per_month
    result = row(estate, [LARGE, SMALL], "containers", ownership=own)
    assert result.cost_per_month is not None
    assert result.cost_lower_bound_per_month is not None
    assert result.cost_lower_bound_per_month <= result.cost_per_month
    assert (result.plan.status == "optimal") == (result.cost_lower_bound_per_month == result.cost_per_month)

"""What demands for isolation cost: the eras with them and without."""

from __future__ import annotations

from dataclasses import replace

from eras.estates import BOX, app, estates
from hypothesis import given, settings

from binpack.eras.options import PARTS, EraOptions
from binpack.isolation_prices import _cheaper_of, isolation_prices
from binpack.planning import compare_sized
from binpack.workload.workload import Workload

ERAS = ("physical", "virtual_machines", "containers")


def prices(*applications, **options):  # type: ignore[no-untyped-def]
    """The prices over three eras on one machine type."""
    workload, chosen = Workload("test", applications), EraOptions(**options)
    comparison = compare_sized(workload, [BOX], ERAS, (PARTS,), chosen, "requests")
    return isolation_prices(comparison, workload, [BOX], chosen, "requests")


def test_a_machine_of_ones_own_costs_what_containers_would_have_shared() -> None:
    """Two copies that want machines take two more with containers, and none more where each copy has one anyway."""
    (price,) = prices(app("web", 3), app("bank", 2, isolation="machine"))
    assert (price.isolation, price.applications, price.copies) == ("machine", ("shop/bank",), 2)
    found = {row.era: (row.machines, without.machines) for row, without in price.rows}
    assert found == {"physical": (5, 5), "virtual_machines": (3, 1), "containers": (3, 1)}


def test_each_demand_is_priced_apart() -> None:
    """Demands for a machine and for a VM are taken away one at a time; who asks for nothing costs nothing."""
    found = prices(app("web"), app("bank", isolation="machine"), app("safe", isolation="vm"))
    assert [price.isolation for price in found] == ["machine", "vm"]
    assert prices(app("web", 3)) == ()


@settings(max_examples=15)
@given(estates(families=("linux",)))
def test_a_demand_never_saves_machines(applications) -> None:  # type: ignore[no-untyped-def]
    """With a demand there are at least as many machines as without it, in every era."""
    for price in prices(*applications):
        for row, without in price.rows:
            assert row.machines >= without.machines, row.era


def test_that_a_demand_costs_nothing_needs_a_bound_without_it() -> None:
    """Where the search without a demand found no better, the row stands for both; proven only if the bound without the
    demand is as high."""
    workload, chosen = Workload("test", (app("web", 3), app("bank", 2, isolation="machine"))), EraOptions()
    row = compare_sized(workload, [BOX], ("containers",), (PARTS,), chosen, "requests").rows[0]
    worse = replace(row, plan=replace(row.plan, machines=row.plan.machines * 2, status="feasible"))
    assert _cheaper_of(row, worse)[1].plan.status == "optimal"
    assert _cheaper_of(row, replace(worse, plan=replace(worse.plan, lower_bound=1)))[1].plan.status == "feasible"
    assert _cheaper_of(row, replace(worse, plan=replace(worse.plan, lower_bound=1)))[1].machines == row.machines

"""Forms of an application: in a process, in a VM or in the helper VM, whichever kernel its machine has."""

from __future__ import annotations

import pytest
from eras.estates import BOX, app, estates, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.cli.era_arguments import Asked
from binpack.eras.era import Setting
from binpack.eras.options import ERAS, EraOptions
from binpack.eras.registry import era
from binpack.machines.overheads import load_overheads
from binpack.planning import compare_eras
from binpack.report.json import plan_json
from binpack.units import MIB
from binpack.verify import verify_plan
from binpack.workload.application import Application, Placement
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload


@settings(max_examples=40, deadline=None)
@given(estates(), st.sampled_from(ERAS), st.sampled_from((None, "linux", "windows")), st.sampled_from(("runc", "kata")))
def test_no_box_holds_two_forms_of_an_application(
    estate: list[Application], name: str, os: str | None, runtime: str
) -> None:
    """Limits on copies count form by form, which is exact because of this."""
    options = EraOptions(host_os=os, runtime=runtime)
    setting = Setting(size_workload(Workload("test", tuple(estate))), [BOX], load_overheads(), options)
    problem = era(name, options).compile(setting).problem
    for group in problem.demand_groups:
        assert (problem.compatible[list(group)].sum(axis=0) <= 1).all() or len(group) == 1


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 12),
            st.integers(1, 5),
            st.sampled_from(("linux", "windows")),
            st.sampled_from((None, "vm")),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_a_host_holds_so_many_copies_in_all_their_forms(asked: list[tuple[int, int, str, str | None]]) -> None:
    """Where there is room for everything, the machines are as many as the application with the most hosts needs."""
    estate = [
        app(f"app{k}", copies, 0, MIB, os=os, isolation=isolation, placement=Placement(max_per_host=most))
        for k, (copies, most, os, isolation) in enumerate(asked)
    ]
    options = EraOptions(time_limit=0.3)
    sized = size_workload(Workload("test", tuple(estate)))
    [row] = compare_eras(sized, [BOX], eras=("containers",), shapes=("parts",), options=options).rows
    wanted = max(-(-copies // most) for copies, most, _, _ in asked)
    assert (row.machines, row.plan.status) == (wanted, "optimal")
    assert verify_plan(plan_json(row.plan), Asked(sized, [BOX], options, ()).facts("parts")) == []


@pytest.mark.parametrize("beside", [(), ("shop/a",)])
def test_who_needs_another_beside_it_finds_it_in_either_form(beside: tuple[str, ...]) -> None:
    """Two applications in VMs stand on the one Windows machine that Windows containers need, together as much as apart."""
    estate = [
        app("old", 60, os="windows"),
        app("a", 2, isolation="vm"),
        app("b", 2, isolation="vm", placement=Placement(together_with=beside)),
    ]
    row = rows(estate, ("containers",), time_limit=1.0)["containers"]
    assert (row.machines, row.plan.status) == (1, "optimal")

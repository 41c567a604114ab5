"""Kubernetes on VMs against every way of nesting tiny estates: sizes of a catalogue, separate hosts, three hosts at the
least, layers that promise more than there is."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from eras.estates import BOX, app, rows
from eras.naive_nodes import fewest_machines
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.cli.era_arguments import Asked
from binpack.eras.options import EraOptions
from binpack.machines.vm_catalogue import smallest_first
from binpack.machines.vm_size import VmSize
from binpack.planning import compare_eras
from binpack.report.json import plan_json
from binpack.units import GIB
from binpack.verify import verify_plan
from binpack.workload.application import Application, Placement
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload

SIZES = (VmSize("1", 4, 8 * GIB), VmSize("2", 8, 16 * GIB), VmSize("3", 8, 40 * GIB), VmSize("4", 15, 56 * GIB))


@st.composite
def tiny_estates(draw: st.DrawFn) -> list[Application]:
    """Up to six copies of up to three applications, of which one has the name of the cluster's DNS."""
    return [
        app(
            name,
            draw(st.integers(1, 2)),
            draw(st.sampled_from((500, 2_000, 3_500, 6_000))),
            draw(st.sampled_from((1, 5, 9, 14, 30))) * GIB,
            placement=Placement(max_per_host=draw(st.sampled_from((None, 1, 2)))),
        )
        for name in ("coredns", "web", "db")[: draw(st.integers(1, 3))]
    ]


@settings(max_examples=12, deadline=None)
@given(
    tiny_estates(),
    st.lists(st.sampled_from(SIZES), min_size=1, max_size=3, unique=True),
    st.sampled_from((1, 3)),
    st.sampled_from(
        (
            {},
            {"node_overcommit": Fraction(3, 2)},
            {"cpu_overcommit": Fraction(2)},
            {"memory_overcommit": Fraction(3, 2)},
        )
    ),
)
def test_as_few_machines_as_every_way_of_nesting(
    estate: list[Application], sizes: list[VmSize], nodes: int, promised: dict[str, Any]
) -> None:
    """Sizes of a catalogue: proven, and as many machines as the oracle; with any sizes, no bound above that."""
    options = EraOptions(
        vm_sizes=smallest_first(sizes), minimum_nodes=nodes, control_plane="managed", time_limit=1.0, **promised
    )
    sized = size_workload(Workload("test", tuple(estate)))
    asked = Asked(sized, [BOX], options, ())
    [row] = compare_eras(sized, [BOX], eras=("kubernetes_on_vms",), shapes=("parts",), options=options).rows
    facts = asked.facts("parts")
    assert verify_plan(plan_json(row.plan), facts) == []
    best = fewest_machines(sized.placed, BOX, sizes, facts)
    assert (best is None) == bool(row.plan.unplaced)
    if best is not None:
        assert (row.machines, row.plan.lower_bound, row.plan.status) == (best, best, "optimal")
        free = {"minimum_nodes": nodes, "control_plane": "managed", **promised}
        assert rows(estate, ("kubernetes_on_vms",), **free)["kubernetes_on_vms"].plan.lower_bound <= best

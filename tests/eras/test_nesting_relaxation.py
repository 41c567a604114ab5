"""What bounds an era on virtual machines: a machine as one VM of a family, or as two, one of each."""

from __future__ import annotations

from binpack_solvers.portfolio import solve
from eras.estates import BOX, app
from hypothesis import given
from hypothesis import strategies as st

from binpack.eras.era import Setting
from binpack.eras.nesting_relaxation import MOST_CUTS, most_of_two
from binpack.eras.options import EraOptions
from binpack.eras.registry import era
from binpack.planning import overheads_of
from binpack.units import GIB, MIB
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=MOST_CUTS // 4),
    st.lists(st.integers(0, 50), max_size=MOST_CUTS // 4),
    st.integers(0, 5),
    st.integers(0, 5),
)
def test_the_best_cut_in_two_is_that_of_a_scan(rising: list[int], falling: list[int], late: int, early: int) -> None:
    """The largest sum of a function that never falls and one that never rises, over the points where both are defined."""
    length = max(len(rising), len(falling))
    first = [None] * late + sorted(rising + [50] * (length - len(rising)))
    second = sorted(falling + [0] * (length - len(falling)), reverse=True)[: length - early] + [None] * (early + late)
    points = range(length)
    sums = [a + b for n in points if (a := first[n]) is not None and (b := second[n]) is not None]
    assert most_of_two(first.__getitem__, second.__getitem__, 0, length - 1) == max(sums, default=0)


def test_windows_nodes_pay_for_windows() -> None:
    """Of eight copies three a machine find room in one VM with Linux, and two in a VM with Windows beside a small Linux
    node: what Windows takes, and the node beside it, are in the bound."""
    fewest = {}
    for os in ("linux", "windows"):
        workload = size_workload(Workload("test", (app("legacy", 8, cpu=0, memory=18 * GIB + 700 * MIB, os=os),)))
        options = EraOptions(control_plane="managed")
        setting = Setting(workload, (BOX,), overheads_of(workload, options), options)
        compiled = era("kubernetes_on_vms", options).compile(setting)
        fewest[os] = solve(compiled.problem, time_limit=20).lower_bound
    assert fewest == {"linux": 3, "windows": 4}

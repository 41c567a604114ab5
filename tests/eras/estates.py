"""Small estates and one machine type, for tests that count eras by hand."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import strategies as st

from binpack.comparison import EraResult
from binpack.eras.options import ERAS, PARTS, EraOptions
from binpack.machines.machine_type import MachineType
from binpack.planning import compare_eras
from binpack.units import GIB, MIB
from binpack.workload.application import Application, Container, Placement
from binpack.workload.workload import Workload

BOX = MachineType(
    "box", {"cpu": 16_000, "memory": 64 * GIB, "disk": 1024 * GIB}, rack_units=Fraction(1, 2), source="test"
)


def app(name: str, replicas: int = 1, cpu: int = 100, memory: int = 256 * MIB, **fields: object) -> Application:
    """An application of group ``shop``."""
    return Application(name, replicas, {"cpu": cpu, "memory": memory}, group="shop", **fields)  # type: ignore[arg-type]


def rows(
    applications: Sequence[Application],
    eras: Sequence[str] = ERAS,
    machine: MachineType = BOX,
    time_limit: float = 0.2,
    **options: object,
) -> dict[str, EraResult]:
    """Era -> its row for the applications as parts."""
    chosen = EraOptions(time_limit=time_limit, **options)  # type: ignore[arg-type]
    found = compare_eras(Workload("test", tuple(applications)), [machine], eras=eras, shapes=(PARTS,), options=chosen)
    return {row.era: row for row in found.rows}


@st.composite
def estates(draw: st.DrawFn, families: Sequence[str] = ("linux", "windows")) -> list[Application]:
    """One to four applications of up to six copies, some with a sidecar, some that ask for a VM, some that share no host
    with more than a few of their own."""
    return [
        app(
            f"app{k}",
            draw(st.integers(1, 6)),
            draw(st.integers(0, 6_000)),
            draw(st.integers(0, 12 * GIB)),
            os=draw(st.sampled_from(families)),
            isolation=draw(st.sampled_from((None, None, "vm"))),
            containers=tuple(Container(f"c{n}") for n in range(draw(st.integers(0, 2)))),
            placement=Placement(max_per_host=draw(st.sampled_from((None, None, 1, 2, 3, 4, 5)))),
        )
        for k in range(draw(st.integers(1, 4)))
    ]

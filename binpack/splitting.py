"""Where splitting an application into services begins to pay: wholes and parts counted in one era over levels of load.

Copies of a whole all carry every part; parts scale by themselves and are finer grains, but each process takes its fixed part
and what the era charges for a copy. Which of the two needs fewer machines may change with the load, more than once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from binpack.comparison import Comparison
from binpack.eras.era import Setting
from binpack.eras.options import MONOLITH, PARTS, EraOptions
from binpack.eras.packing.volume import volume_of, volume_of_all
from binpack.eras.registry import era as era_named
from binpack.errors import input_error
from binpack.machines.catalogue import default_machine
from binpack.machines.licence import with_licences
from binpack.machines.machine_type import MachineType
from binpack.machines.ownership import owned
from binpack.machines.price import price_per_month
from binpack.planning import in_shape, machine_sentence, overheads_of
from binpack.split import LoadLevel, Side, Splitting, Turn
from binpack.traffic import traffic
from binpack.units import CPU
from binpack.workload.application import Resources
from binpack.workload.calls import call_cpu_of_all
from binpack.workload.monolith import as_monolith, as_parts, as_whole, fixed_requests
from binpack.workload.reading import scaled
from binpack.workload.workload import Workload


def split_over_loads(
    sized: Workload,
    machines: Sequence[MachineType] | None,
    options: EraOptions,
    loads: Sequence[int],
    count: Callable[[Workload], Comparison],
    joined: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Splitting:
    """Each load counted both ways, and every turn between neighbouring loads that differ, found by bisection.

    sized : at load 1; applications with components are wholes, the others stay beside them as they are.
    joined : the applications of each group are parts of one whole as well (``as_monolith``).
    count : the comparison of an estate over one era, as parts, on ``machines`` under ``options``.
    progress : called with a few words before each count.
    InputError where nothing is a whole.
    """
    sized = with_licences(sized, options.licences)
    wholes = _wholes(sized, joined)
    offered = tuple(owned(machines or (default_machine(),), options.ownership))
    level = cache(_Levels(sized, offered, options, count, joined, progress).at)
    ordered = sorted(set(loads))
    levels = [level(load) for load in ordered]
    era = levels[0].whole.row.era
    found = tuple(turns(level, ordered))
    return Splitting(sized.name, era, wholes, machine_sentence(offered), levels, found, sized.notes)


@dataclass(frozen=True)
class _Levels:
    """What ``split_over_loads`` is given, to count any load with."""

    sized: Workload
    machines: tuple[MachineType, ...]
    options: EraOptions
    count: Callable[[Workload], Comparison]
    joined: bool
    progress: Callable[[str], None]

    def at(self, load: int) -> LoadLevel:
        """Both sides at so many times the load."""
        loaded = scaled(self.sized, load)
        whole, parts = _sides(loaded, self.joined)
        self.progress(f"{load}x, whole")
        of_whole = self.count(whole)
        self.progress(f"{load}x, split")
        of_parts = self.count(parts)
        by_cost = all(c.cost_first and c.rows[0].cost_per_month is not None for c in (of_whole, of_parts))
        return LoadLevel(
            load,
            self._side(MONOLITH, whole, of_whole, fixed_requests(loaded, split=False), 0, by_cost),
            self._side(
                PARTS, parts, of_parts, fixed_requests(loaded, split=True), call_cpu_of_all(loaded.placed), by_cost
            ),
        )

    def _side(
        self, shape: str, estate: Workload, comparison: Comparison, fixed: Resources, calls: int, by_cost: bool
    ) -> Side:
        """comparison : of the estate. fixed, calls : of what it requests, what processes take whatever their load, and the
        CPU of calls."""
        row = in_shape(comparison.rows[0], shape)
        setting = Setting(estate, self.machines, overheads_of(estate, self.options), self.options)
        compiled = era_named(row.era, self.options).compile(setting)
        requested = comparison.requested
        served = {resource: amount - fixed.get(resource, 0) for resource, amount in requested.items()}
        load = {**served, CPU: max(0, served.get(CPU, 0) - calls)}
        volumes = [volume_of_all(compiled, by_cost), *(volume_of(each, compiled, by_cost) for each in (load, served))]
        of_all, of_load, of_served = map(price_per_month, volumes) if by_cost else volumes
        return Side(
            row,
            comparison.instances,
            requested,
            fixed,
            of_all,
            of_load,
            of_served,
            by_cost,
            calls,
            None if row.plan.unplaced else traffic(estate.placed, row.plan.machines),
        )


def turns(level: Callable[[int], LoadLevel], loads: Sequence[int]) -> Iterator[Turn]:
    """Where verdicts change between neighbouring loads whose verdicts differ.

    Between loads of one verdict there may be turns there and back: whole machines come one by one, so that the difference
    is not monotone in the load.
    """
    for low, high in pairwise(loads):
        while level(low).verdict != level(high).verdict:
            load = _first_other(level, low, high)
            yield Turn(load, level(load - 1).verdict, level(load).verdict)
            low = load


def _first_other(level: Callable[[int], LoadLevel], low: int, high: int) -> int:
    """A load whose verdict is not that of ``low`` while that of a load less is, by bisection."""
    before = level(low).verdict
    while high - low > 1:
        middle = (low + high) // 2
        if level(middle).verdict == before:
            low = middle
        else:
            high = middle
    return high


def _sides(sized: Workload, joined: bool) -> tuple[Workload, Workload]:
    return as_whole(as_monolith(sized) if joined else sized), as_parts(sized)


def _wholes(sized: Workload, joined: bool) -> list[str]:
    """The applications of the whole that are none of the parts; InputError where there are none."""
    whole, parts = _sides(sized, joined)
    kept = {application.key for application in parts.applications}
    if found := [application.key for application in whole.placed if application.key not in kept]:
        return found
    if joined:
        raise input_error(sized.name, "nothing that is of one group", "applications that one process could hold")
    fix = "or --as-monolith, which joins the applications of each group into one process"
    raise input_error(sized.name, "no application with components", "components of an application", fix)

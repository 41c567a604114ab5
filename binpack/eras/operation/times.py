"""How long it takes to start, replace and stop a copy, and all of them; without the applications of which a step has no
source, which are named, and None where that leaves nothing.

A copy is there when all its stages are: its machine, or its VM and then its container. An update replaces the innermost of
them, which stops as the old one and starts as the new one. Machines work at the same time; on one machine so many things
start or stop at a time as the run says, the slowest first. Images are taken to be there already. An orchestrator updates
every application at the same time, round by round; Swarm's watching for failures after the last round is not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from binpack.comparison import Duration, Times
from binpack.era_plan import Machine
from binpack.eras.era import Era, Setting
from binpack.eras.layers.runtimes import SANDBOX, sandboxed
from binpack.eras.operation.rollouts import rollout
from binpack.eras.operation.update_nodes import agents_on, nodes_of
from binpack.workload.application import LINUX, WINDOWS, Application

PROCESS = {LINUX: "runc", WINDOWS: "windows_container"}
"""A container on its machine's own kernel, by family; how long one of Windows takes no source says."""
MILLISECONDS = 1000
Path = tuple[str, ...]
"""What starts for a copy, one after the other: rows of ``start.``."""
Things = Counter[str]
"""Row of ``start.`` -> how many of the kind there are on a machine."""


class Span(NamedTuple):
    """Milliseconds at the least and at the most, and who measured them."""

    low: int
    high: int
    sources: tuple[str, ...]


_Measured = Callable[[Sequence[Machine]], Span | None]


class MissingSourceError(LookupError):
    """A step that no row of ``datasets/overheads`` gives a time for."""


def times(era: Era, machines: Sequence[Machine], setting: Setting) -> Times:
    """All six, from the rows ``start.`` and ``stop.`` of ``datasets/overheads``."""
    clock = _Clock(era, setting)

    def of_one(measured: Callable[[Path], Span]) -> _Measured:
        """The quickest copy to the slowest."""
        return lambda found: _either([measured(path) for path in {p: None for m in found for p in clock.paths(m)}])

    whole, last = _Known(clock, machines, innermost=False), _Known(clock, machines, innermost=True)
    return Times(
        whole.of(clock.start, of_one(lambda path: _together([clock.start(name) for name in path]))),
        last.of(clock.replace, of_one(lambda path: clock.replace(path[-1]))),
        last.of(clock.stop, of_one(lambda path: clock.stop(path[-1]))),
        whole.of(clock.start, lambda found: _longest([clock.slowest(found, clock.start), *clock.in_order(found)])),
        last.of(
            clock.replace,
            lambda found: _longest([clock.slowest(found, clock.replace, innermost=True), *clock.rollouts(found)]),
        ),
        last.of(clock.stop, lambda found: clock.slowest(found, clock.stop, innermost=True)),
    )


class _Clock:
    """The spans of one era under one setting."""

    def __init__(self, era: Era, setting: Setting) -> None:
        self._era, self._setting = era, setting
        self._of = setting.applications
        self._kubernetes = era.runs_pods

    def start(self, name: str) -> Span:
        """From the request to the thing that runs."""
        return self._row(f"start.{name}")

    def stop(self, name: str) -> Span:
        """From the request to the thing that is gone; Kubernetes grants a container of its pods more time."""
        return self._row(f"stop.pod.{name}" if self._kubernetes and "." not in name else f"stop.{name}")

    def replace(self, name: str) -> Span:
        """The old one stops, the new one starts, in whatever order."""
        return _together([self.stop(name), self.start(name)])

    def paths(self, machine: Machine) -> Iterable[Path]:
        """What starts for each copy on a machine, one after the other."""
        for instance in machine.instances:
            application = self._of[instance.application]
            vm = () if instance.inside is None else (f"vm.{application.os}",)
            yield ("machine",) if "machine" in self._era.stages else (*vm, *self._container(application))

    def things(self, machine: Machine) -> list[Things]:
        """What starts on a machine, stage by stage."""
        if "machine" in self._era.stages:
            return [Counter(["machine"])]
        guests = {i.inside: self._of[i.application].os for i in machine.instances}
        vms = Counter(f"vm.{guests.get(vm.name, LINUX)}" for vm in machine.virtual_machines)
        copies: Things = Counter()
        for instance in machine.instances:
            for name in self._container(self._of[instance.application]):
                copies[name] += instance.count
        return [vms, copies] if "container" in self._era.stages else [vms]

    def slowest(self, machines: Sequence[Machine], of: Callable[[str], Span], innermost: bool = False) -> Span:
        """The machine that takes longest for all its stages, or for the innermost one alone."""
        found = []
        for machine in machines:
            stages = self.things(machine)
            found.append(_together([self._one_after_another(s, of) for s in (stages[-1:] if innermost else stages)]))
        return _longest(found)

    def rollouts(self, machines: Sequence[Machine]) -> list[Span]:
        """How long the orchestrator takes for each application, as it replaces only so many copies at a time."""
        if not self._era.orchestrated:
            return []
        there = {instance.application for machine in machines for instance in machine.instances}
        placed = [self._rollout(a, a.replicas) for a in self._of.values() if a.key in there and not a.job]
        agents = agents_on(nodes_of(self._era, machines, self._setting), self._setting)
        return [*placed, *(self._rollout(agent, sum(node.count for node in on)) for agent, on in agents)]

    def in_order(self, machines: Sequence[Machine]) -> list[Span]:
        """How long each application takes to start whose copies wait for each other, its VMs all at once."""
        if not self._kubernetes:
            return []
        placed = {i.application: i.inside is not None for machine in machines for i in machine.instances}
        return [self._ordered(self._of[key], placed[key]) for key in placed if self._of[key].ordered_start]

    def _ordered(self, application: Application, in_vm: bool) -> Span:
        copies = application.replicas
        span = _together([self.start(name) for name in self._container(application)])
        pause = 0 if application.update is None else milliseconds(application.update.pause) * (copies - 1)
        first = [self.start(f"vm.{application.os}")] if in_vm else []
        return _together([*first, Span(span.low * copies + pause, span.high * copies + pause, span.sources)])

    def _rollout(self, application: Application, copies: int) -> Span:
        found = rollout(self._era.name, application, copies)
        span = _together([self.replace(name) for name in self._container(application)])
        pause = milliseconds(found.pause)
        return Span((span.low + pause) * found.rounds, (span.high + pause) * found.rounds, span.sources)

    def _container(self, application: Application) -> tuple[str, ...]:
        """The runtime that starts a copy's containers; none where the era has no containers."""
        if "container" not in self._era.stages:
            return ()
        if sandboxed(application, self._setting):
            return (self._setting.options.runtime,)
        if self._kubernetes and application.isolation == "vm":
            return (SANDBOX[application.os],)
        return (PROCESS[application.os],)

    def _one_after_another(self, things: Things, of: Callable[[str], Span]) -> Span:
        """So many at a time as the run says, the slowest first: each round takes as long as its slowest."""
        step = self._setting.options.parallel_starts
        spans = {name: of(name) for name in things}
        return Span(
            _rounds(things, {name: span.low for name, span in spans.items()}, step),
            _rounds(things, {name: span.high for name, span in spans.items()}, step),
            _sources(spans.values()),
        )

    def _row(self, name: str) -> Span:
        found = self._setting.overheads.range(name)
        if found is None:
            raise MissingSourceError(name)
        return Span(found[0].amount, found[1].amount, tuple(dict.fromkeys(row.source for row in found)))


def milliseconds(nanoseconds: int) -> int:
    """Rounded up."""
    return -(-nanoseconds // 10**6)


def _rounds(things: Things, long: Mapping[str, int], step: int) -> int:
    """The sum of every ``step``-th of all lengths, the longest first."""
    total = before = 0
    for name, count in sorted(things.items(), key=lambda thing: -long[thing[0]]):
        after = before + count
        total += long[name] * (-(-after // step) - -(-before // step))
        before = after
    return total


def _together(spans: Sequence[Span]) -> Span:
    """One after the other."""
    return Span(sum(span.low for span in spans), sum(span.high for span in spans), _sources(spans))


def _either(spans: Sequence[Span]) -> Span | None:
    """The quickest to the slowest of several; None of nothing."""
    if not spans:
        return None
    return Span(min(span.low for span in spans), max(span.high for span in spans), _sources(spans))


def _longest(spans: Sequence[Span]) -> Span:
    """All at the same time: as long as the slowest takes."""
    low, high = max((span.low for span in spans), default=0), max((span.high for span in spans), default=0)
    return Span(low, high, _sources(spans))


def _sources(spans: Iterable[Span]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source for span in spans for source in span.sources))


class _Known:
    """Durations on machines, without the applications of which a step, or the innermost one alone, has no source."""

    def __init__(self, clock: _Clock, machines: Sequence[Machine], innermost: bool) -> None:
        self._machines = machines
        self._steps: dict[str, set[str]] = {}
        for machine in machines:
            for instance, path in zip(machine.instances, clock.paths(machine), strict=True):
                steps = self._steps.setdefault(instance.application, set())
                steps.update(path[-1:] if innermost else path)

    def of(self, step: Callable[[str], Span], measured: _Measured) -> Duration | None:
        """What is measured of the copies whose steps are; None where that is nothing."""
        unknown = tuple(key for key, steps in self._steps.items() if not _has_source(steps, step))
        machines = [_without(machine, unknown) for machine in self._machines] if unknown else self._machines
        try:
            span = measured(machines)
        except MissingSourceError:
            return None
        if span is None or not span.sources:
            return None
        low, high = (Fraction(end, MILLISECONDS) for end in (span.low, span.high))
        return Duration(low, high, "; ".join(span.sources), unknown)


def _has_source(steps: Iterable[str], step: Callable[[str], Span]) -> bool:
    try:
        for name in steps:
            step(name)
    except MissingSourceError:
        return False
    return True


def _without(machine: Machine, applications: Sequence[str]) -> Machine:
    """The machine without copies of these, and without the VMs in which nothing else is."""
    kept = tuple(i for i in machine.instances if i.application not in applications)
    emptied = {i.inside for i in machine.instances} - {i.inside for i in kept}
    return replace(
        machine,
        instances=kept,
        virtual_machines=tuple(vm for vm in machine.virtual_machines if vm.name not in emptied),
    )

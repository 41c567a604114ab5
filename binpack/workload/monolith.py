"""Microservices as a shape: the same estate as parts, each scaled by itself, or joined into one process per copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, count

from binpack.units import CPU
from binpack.workload.application import ISOLATIONS, ROWS, Application, Component, Container, Placement, Resources
from binpack.workload.calls import call_cpu, calls_of
from binpack.workload.image import Images
from binpack.workload.image_layers import layers_of
from binpack.workload.layer import distinct
from binpack.workload.sizing import fixed_of_whole, size_application
from binpack.workload.update_strategy import UpdateStrategy
from binpack.workload.workload import Workload

Renamed = Mapping[str, tuple[str, ...]]  # key -> the keys of what stands in its place


def as_parts(workload: Workload) -> Workload:
    """Applications with components become one application per component, each with copies for its own load; the others
    stay.

    Rules that name an application hold for each of its parts.
    """
    parts: list[Application] = []
    renamed: dict[str, tuple[str, ...]] = {}
    for application in workload.applications:
        made = [_part(application, c, workload.images) for c in application.components] or [application]
        renamed[application.key] = tuple(part.key for part in made)
        parts += made
    return replace(workload, applications=tuple(_with_rules(part, renamed) for part in parts))


def as_monolith(workload: Workload) -> Workload:
    """Applications with components stay whole; of the others, those of one group, kernel family and architecture are joined.

    A joined copy is as big as one copy of each part; there are as many as the part with the most copies has. Jobs and agents
    stay, and so do rows of a table, which are parts of nothing. Rules between the parts of one process vanish, those on
    hosts stay at their strictest; parts that want different hosts make different processes.
    """
    kept: list[Application] = []
    sets: dict[tuple[str, str, str], list[_Process]] = {}
    for application in workload.applications:
        alone = application.agent or application.job or application.replicas == 0 or application.kind == ROWS
        if application.components or alone:
            kept.append(application)
        else:
            _gather(application, sets.setdefault((application.group, application.os, application.arch), []))
    joined = []
    taken = {application.key for application in kept}
    renamed: dict[str, tuple[str, ...]] = {application.key: (application.key,) for application in kept}
    for process in (process for processes in sets.values() for process in processes):
        one = _named_apart(_joined(process.members), taken)
        joined.append(one)
        renamed.update({member.key: (one.key,) for member in process.members})
    applications = (*joined, *kept)
    return replace(workload, applications=tuple(_with_rules(a, renamed) for a in applications))


def as_whole(workload: Workload) -> Workload:
    """Applications with components as processes that hold all of them, none of which is a service of its own."""
    return replace(workload, applications=tuple(replace(a, components=()) for a in workload.applications))


def component_copies(application: Application, component: Component) -> int:
    """The copies that a component needs on its own.

    The load is what the CPU of all copies of the whole is there for beyond what is fixed, and what calls take besides. A
    copy of the component bears as much as it requests beyond what is fixed of it; there is at least one while there is a
    copy of the whole.
    """
    if component.share is None:
        return application.replicas if component.replicas is None else component.replicas
    fixed, calls = fixed_of_whole(application.components).get(CPU, 0), call_cpu(application, component)
    load = component.share * application.replicas * (application.size[CPU] - fixed) + calls
    borne = component.requests.get(CPU, 0) - component.fixed.get(CPU, 0) if load else 1
    # rounding to threads of another year may leave nothing beyond what is fixed
    return max(min(1, application.replicas), -(-load // max(1, borne)))


def part_name(application: Application, component: Component) -> str:
    """What a component is called as an application of its own."""
    return f"{application.name}-{component.name}"


def part_key(application: Application, component: Component) -> str:
    """The key of that application."""
    return f"{application.group}/{part_name(application, component)}"


def fixed_requests(workload: Workload, split: bool) -> dict[str, int]:
    """What the processes of applications with components take whatever their load: all copies of the whole, or, ``split``,
    of every component."""
    amounts: list[Resources] = []
    for a in workload.placed:
        made = [(component_copies(a, c), c.fixed) for c in a.components]
        if not split:
            made = [(a.replicas, fixed_of_whole(a.components))]
        amounts += [{r: copies * amount for r, amount in fixed.items()} for copies, fixed in made]
    return _sum(amounts)


def _part(application: Application, component: Component, images: Images) -> Application:
    """A component as an application of its own, sized by what it requests, with the CPU of its calls where its copies do not
    follow from its load. Its share of the whole's image is not known."""
    copies, requests = component_copies(application, component), dict(component.requests)
    if component.share is None and copies and (calls := call_cpu(application, component)):
        requests[CPU] = requests.get(CPU, 0) + -(-calls // copies)
    part = replace(
        application,
        name=part_name(application, component),
        replicas=copies,
        requests=requests,
        limits={},
        containers=(Container(component.name, component.image, requests),) if component.image else (),
        components=(),
        licences=component.licences,
        traffic=_traffic(application, component),
        image_bytes=None,
    )
    return replace(size_application(part), layers=layers_of(part, images))


def _traffic(application: Application, component: Component) -> dict[str, Fraction]:
    """Bytes a second of a component's calls, by the application that the other one becomes."""
    found: dict[str, Fraction] = {}
    for other, call in calls_of(application, component):
        key = part_key(application, other)
        found[key] = found.get(key, Fraction(0)) + call.rate * call.size
    return found


@dataclass
class _Process:
    """Parts that can be joined, and the labels that all of them together want of a host."""

    members: list[Application]
    selector: dict[str, str]


def _gather(application: Application, processes: list[_Process]) -> None:
    """Put a part to the first others whose hosts could be its own."""
    wanted = application.placement.node_selector
    for process in processes:
        if all(process.selector.get(key, value) == value for key, value in wanted.items()):
            process.members.append(application)
            process.selector.update(wanted)
            return
    processes.append(_Process([application], dict(wanted)))


def _joined(members: Sequence[Application]) -> Application:
    if len(members) == 1:
        return members[0]
    first = members[0]
    asked = [member.isolation for member in members if member.isolation is not None]
    limits = [m.placement.max_per_host for m in members if m.placement.max_per_host is not None]
    images = [member.image_bytes for member in members]
    rules = [member.placement for member in members]
    return replace(
        first,
        name=f"{first.group} as one process",
        replicas=max(member.replicas for member in members),
        requests=_sum([member.requests for member in members]),
        limits={},
        size=_sum([member.size for member in members]),
        assumed=frozenset().union(*(member.assumed for member in members)),
        isolation=max(asked, key=ISOLATIONS.index) if asked else None,
        licences=frozenset().union(*(member.licences for member in members)),
        containers=(),
        placement=Placement(
            max_per_host=min(limits) if limits else None,
            apart_from=tuple(dict.fromkeys(name for rule in rules for name in rule.apart_from)),
            most_beside=_fewest((name, most) for rule in rules for name, most in rule.most_beside.items()),
            together_with=tuple(dict.fromkeys(name for rule in rules for name in rule.together_with)),
            node_selector={key: value for rule in rules for key, value in rule.node_selector.items()},
            notes=tuple(dict.fromkeys(note for rule in rules for note in rule.notes)),
        ),
        image_bytes=sum(image or 0 for image in images) or None,
        layers=distinct(layer for member in members for layer in member.layers),
        update=_strictest(members),
        ordered_start=any(member.ordered_start for member in members),
    )


def _strictest(members: Sequence[Application]) -> UpdateStrategy | None:
    """The strategy of the process that parts are joined into: what one of them does not bear is not done to the whole.

    That is the one with the fewest copies beside the old ones, and of these the one that stops the most; the longest pause,
    and as many copies kept as every part keeps.
    """
    asked = [member.update for member in members if member.update is not None]
    if not asked:
        return None
    copies = max(member.replicas for member in members)
    first = min(asked, key=lambda each: (each.surge.of(copies), -each.unavailable.at_most(copies)))
    kept = min(0 if member.update is None else member.update.kept for member in members)
    return replace(first, kept=kept, pause=max(each.pause for each in asked))


def _sum(amounts: Sequence[Resources]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in amounts:
        for resource, amount in one.items():
            total[resource] = total.get(resource, 0) + amount
    return total


def _named_apart(application: Application, taken: set[str]) -> Application:
    """Its name, with kernel family and number added where another one has it already; the name is then taken."""
    more = (f"{application.name} ({application.os} {k})" for k in count(2))
    names = chain((application.name, f"{application.name} ({application.os})"), more)
    name = next(name for name in names if f"{application.group}/{name}" not in taken)
    taken.add(f"{application.group}/{name}")
    return replace(application, name=name)


def _with_rules(application: Application, renamed: Renamed) -> Application:
    """Rules that name what stands in the place of others now; a rule of something with itself is none.

    Apart from an application is apart from all that stands in its place; together with it is together with the first.
    """
    placement = application.placement
    if not (placement.apart_from or placement.most_beside or placement.together_with):
        return application
    apart = [new for name in placement.apart_from for new in renamed.get(name, (name,))]
    together = [renamed.get(name, (name,))[0] for name in placement.together_with]

    def others(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(name for name in dict.fromkeys(names) if name != application.key)

    beside = _fewest((new, k) for name, k in placement.most_beside.items() for new in renamed.get(name, (name,)))
    most = {name: beside[name] for name in others(tuple(beside))}
    changed = replace(placement, apart_from=others(apart), most_beside=most, together_with=others(together))
    return replace(application, placement=changed)


def _fewest(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Name -> the smallest number that is paired with it."""
    fewest: dict[str, int] = {}
    for name, number in pairs:
        fewest[name] = min(number, fewest.get(name, number))
    return fewest

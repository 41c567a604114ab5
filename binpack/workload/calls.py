"""Calls between the components of a whole: the CPU and the bytes that they take once the components are services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil

from binpack.workload.application import Application, Call, Component

Pair = tuple[str, str]
"""A caller and whom it calls."""
Place = tuple[int, Counter[str]]
"""So many machines or boxes, and the copies of each application in one of them."""
_PER_MILLI = 10**6
"""Nanoseconds a second that are a thousandth of a thread."""


def call_cpu(application: Application, component: Component) -> Fraction:
    """Thousandths of a thread that all copies of a component take for calls, made and answered."""
    made = sum((call.rate * call.cpu for call in component.calls), Fraction(0))
    answered = sum((call.rate * call.cpu for call in calls_to(application, component.name)), Fraction(0))
    return (made + answered) / _PER_MILLI


def calls_of(application: Application, component: Component) -> list[tuple[Component, Call]]:
    """The calls that a component makes, each with the component that answers it."""
    named = {other.name: other for other in application.components}
    return [(named[call.to], call) for call in component.calls]


def calls_to(application: Application, name: str) -> list[Call]:
    """The calls that a component answers."""
    return [call for other in application.components for call in other.calls if call.to == name]


def call_cpu_of_all(applications: Sequence[Application]) -> int:
    """Thousandths of a thread for the calls of all components, rounded up."""
    return ceil(sum(call_cpu(a, c) for a in applications for c in a.components))


def copies_in(places: Iterable[Place]) -> Counter[str]:
    """Copies of each application in all places."""
    found = Counter[str]()
    for times, here in places:
        for key, copies in here.items():
            found[key] += times * copies
    return found


def said_within(worth: Mapping[Pair, Fraction], places: Sequence[Place]) -> Fraction:
    """Bytes a second that do not leave a place. worth : of each pair, between one copy of each."""
    beside = {(a, b): sum(times * here[a] * here[b] for times, here in places) for a, b in worth}
    return sum((worth[pair] * copies for pair, copies in beside.items()), Fraction(0))


def worth_of_pairs(applications: Iterable[Application], copies: Mapping[str, int]) -> dict[Pair, Fraction]:
    """Of each caller and whom it calls: bytes a second between one copy of each. copies : of each application there."""
    return {
        (application.key, other): amount / (copies[application.key] * copies[other])
        for application in applications
        for other, amount in application.traffic.items()
        if copies.get(application.key) and copies.get(other)
    }


def at_load(component: Component, times: int) -> Component:
    """The component with so many times the calls."""
    return replace(component, calls=tuple(replace(call, rate=call.rate * times) for call in component.calls))

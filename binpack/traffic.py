"""What components say to each other once they are services: bytes a second, and how many of them leave a machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from binpack.era_plan import Machine
from binpack.split import Traffic
from binpack.workload.application import Application
from binpack.workload.calls import calls_of
from binpack.workload.monolith import part_name


def traffic(wholes: Sequence[Application], machines: Sequence[Machine]) -> Traffic:
    """The calls of the components of ``wholes``, whose copies stand on ``machines``.

    Every copy of the caller makes as many calls as every other, and each is answered by any copy of the other component with
    the same chance, wherever it stands, as Kubernetes and Docker Swarm balance them. Of components without a copy nothing
    is said.
    """
    on = [(machine.count, _copies(machine)) for machine in machines]
    copies: Counter[str] = Counter()
    for count, here in on:
        for key, number in here.items():
            copies[key] += number * count
    total = within = Fraction(0)
    for whole in wholes:
        for component in whole.components:
            for other, call in calls_of(whole, component):
                ends = [f"{whole.group}/{part_name(whole, each)}" for each in (component, other)]
                pairs = copies[ends[0]] * copies[ends[1]]
                if not pairs:
                    continue
                rate = call.rate * call.size
                beside = sum(count * here[ends[0]] * here[ends[1]] for count, here in on)
                total, within = total + rate, within + rate * Fraction(beside, pairs)
    return Traffic(ceil(total), ceil(total - within))


def _copies(machine: Machine) -> Counter[str]:
    here: Counter[str] = Counter()
    for instance in machine.instances:
        here[instance.application] += instance.count
    return here

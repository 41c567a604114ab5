"""What services say to each other: bytes a second of their calls, and how many of them leave a machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil

from binpack.era_plan import Machine
from binpack.split import Traffic
from binpack.workload.application import Application
from binpack.workload.calls import copies_in, said_within, worth_of_pairs


def traffic(applications: Sequence[Application], machines: Sequence[Machine]) -> Traffic:
    """The calls between applications whose copies stand on ``machines``.

    Every copy of the caller makes as many calls as every other, and each is answered by any copy of the other application
    with the same chance, wherever it stands, as Kubernetes and Docker Swarm balance them. Of applications without a copy
    nothing is said.
    """
    places = [(machine.count, _copies(machine)) for machine in machines]
    copies = copies_in(places)
    worth = worth_of_pairs(applications, copies)
    total = said_within(worth, [(1, copies)])
    return Traffic(ceil(total), ceil(total - said_within(worth, places)))


def _copies(machine: Machine) -> Counter[str]:
    here: Counter[str] = Counter()
    for instance in machine.instances:
        here[instance.application] += instance.count
    return here

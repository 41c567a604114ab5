"""ImageUse: what images take of the disks of a plan's machines, and what machines fetch of them from a registry."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class ImageBytes:
    """Bytes of layers, each once on a machine (once in a VM that is a node).

    disk, pulled : on all machines together, as stored and as fetched. largest, slowest : of these the most on one machine.
    """

    disk: int
    largest: int
    pulled: int
    slowest: int


@dataclass(frozen=True)
class Bandwidth:
    """Bytes a second: what a registry serves to all machines together, and what each of them takes. None: not a limit."""

    registry: int | None = None
    machine: int | None = None

    def seconds(self, use: ImageBytes) -> Fraction | None:
        """The least time in which machines that all pull at once have everything; None where nothing limits it.

        Each machine at a rate in proportion to what it wants is done then, and no other way is quicker.
        """
        times = [
            Fraction(amount, rate)
            for amount, rate in ((use.pulled, self.registry), (use.slowest, self.machine))
            if rate is not None
        ]
        return max(times, default=None)


@dataclass(frozen=True)
class ImageUse:
    """Images of one plan.

    plan : as it is. without_regard : a packing onto as many machines that did not look at images; None where none was made.
    apart : ``plan`` if every copy kept and fetched all its layers for itself.
    lower_bound : bytes that are pulled at least, onto these machines, or into these VMs where they are the nodes; the plan
        is proven where it meets ``plan.pulled``.
    unknown : images of which no size is known, which count nothing. bandwidth : what limits pulling.
    """

    plan: ImageBytes
    without_regard: ImageBytes | None
    apart: ImageBytes
    lower_bound: int
    unknown: tuple[str, ...] = ()
    bandwidth: Bandwidth = Bandwidth()

    @property
    def proven(self) -> bool:
        """Whether nothing less is pulled onto these machines, or into these VMs."""
        return self.lower_bound == self.plan.pulled

    def seconds(self, use: ImageBytes | None) -> Fraction | None:
        """The time that pulling so much takes; None without a bandwidth."""
        return None if use is None else self.bandwidth.seconds(use)

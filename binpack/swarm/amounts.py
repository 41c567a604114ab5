"""What tasks reserve and nodes have, as Swarm counts it: billionths of a CPU, bytes, and generic resources by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NANO = 10**9
"""Billionths in a CPU (``NanoCPUs``)."""


@dataclass(frozen=True)
class Amounts:
    """CPU in billionths, memory in bytes, generic resources (``kind`` -> number)."""

    nano_cpus: int = 0
    memory: int = 0
    generic: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = {"cpus": self.nano_cpus, "memory": self.memory, **self.generic}
        for name, amount in named.items():
            if amount < 0:
                raise ValueError(f"{name} {amount} is below 0")

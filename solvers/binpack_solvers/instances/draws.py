"""Random draws that are the same on every machine and version: only ``random.Random.random`` is promised to be."""

from __future__ import annotations

import math
import random


class Draws:
    """Draws that follow from a label (class, seed and number of the instance) alone."""

    def __init__(self, label: str) -> None:
        self._random = random.Random(label).random

    def integer(self, low: int, high: int) -> int:
        """Uniform in low..high, both included."""
        return low + int(self._random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self._random() < probability

    def gaussian(self, mean: float, deviation: float) -> float:
        """Normal, by Box and Muller."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self._random()))
        return mean + deviation * radius * math.cos(2.0 * math.pi * self._random())

    def exponential(self, mean: float) -> float:
        """Exponential with this mean."""
        return -mean * math.log(1.0 - self._random())

    def truncated_gaussian(self, mean: float, deviation: float, low: int, high: int) -> int:
        """Normal, rounded, and drawn again until it is within low..high."""
        while not low <= (value := round(self.gaussian(mean, deviation))) <= high:
            pass
        return value

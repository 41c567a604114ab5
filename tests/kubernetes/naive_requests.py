"""The effective requests of a pod as plainly as they can be said, from plain dictionaries, in fractions."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

Object = dict[str, Any]
SUFFIXES = {"": 1, "m": Fraction(1, 1000), "k": 10**3, "M": 10**6, "G": 10**9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def amount(text: str) -> Fraction:
    number, suffix = re.fullmatch(r"([0-9.]+(?:e[0-9]+)?)([A-Za-z]*)", text).groups()  # type: ignore[union-attr]
    return Fraction(number) * SUFFIXES[suffix]


def amounts(container: Object, key: str = "resources") -> dict[str, Fraction]:
    """Requests with what only has a limit, each rounded up to a thousandth."""
    lists = container.get(key) or {}
    both = {**(lists.get("limits") or {}), **(lists.get("requests") or {})}
    return {name: Fraction(math.ceil(amount(text) * 1000), 1000) for name, text in both.items()}


def requests(spec: Object) -> dict[str, Fraction]:
    """What the pod needs at its hungriest moment."""
    init = spec.get("initContainers") or []
    stay = [c for c in init if c.get("restartPolicy") == "Always"]
    moments = [[amounts(c) for c in spec["containers"] + stay]]
    for position, container in enumerate(init):
        before = [amounts(c) for c in init[:position] if c.get("restartPolicy") == "Always"]
        moments.append([*before, amounts(container)])
    names = {name for moment in moments for one in moment for name in one}
    total = {name: max(sum((one.get(name, Fraction(0)) for one in m), Fraction(0)) for m in moments) for name in names}
    whole = spec.get("resources") or {}
    ceiling = {name: text for name, text in (whole.get("limits") or {}).items() if name not in total}
    for name, text in {**ceiling, **(whole.get("requests") or {})}.items():
        if name in ("cpu", "memory") or name.startswith("hugepages-"):
            total[name] = amount(text)
    for name, text in (spec.get("overhead") or {}).items():
        total[name] = total.get(name, Fraction(0)) + amount(text)
    return total


def counted(spec: Object) -> dict[str, int]:
    return {n: math.ceil(a * 1000) if n == "cpu" else math.ceil(a) for n, a in requests(spec).items()}

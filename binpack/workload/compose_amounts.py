"""Amounts of Compose files, in Docker's own units: CPUs as decimal numbers, bytes in powers of 1024, devices."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from binpack.units import CPU, LARGEST, MEMORY, THREAD
from binpack.workload.node import Node

GPU = "gpu"
Text = Callable[[Node], str]
_CPUS = re.compile(r"[0-9]{1,15}(\.[0-9]{0,15})?|\.[0-9]{1,15}")
# docker/go-units size.go, RAMInBytes: powers of 1024 with or without "b" or "ib", in any case, after at most one blank.
_BYTES = re.compile(r"([0-9]{1,30}(?:\.[0-9]{1,15})?) ?(?:([kmgtp])(?:i?b)?|b)?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


def read_cpus(node: Node, text: Text, each: int = THREAD) -> int:
    """CPUs in parts of which one has ``each``, rounded up (docker/cli opts.ParseCPUs takes decimal numbers)."""
    written = text(node).strip()
    if _CPUS.fullmatch(written) is None:
        raise node.error(f'"{written}"', "a number of CPUs of at least 0", 'such as cpus: "0.50"')
    return _checked(node, Fraction(written.removesuffix(".")) * each)


def read_bytes(node: Node, text: Text) -> int:
    """Bytes, rounded up."""
    written = text(node).strip()
    found = _BYTES.fullmatch(written)
    if found is None:
        fix = f"Docker writes {written}B" if re.fullmatch(r"[0-9.]+ ?[KMGTkmgt]i", written) else "such as memory: 50M"
        raise node.error(f'"{written}"', "bytes, or a number with the unit b, k, m, g or t", fix)
    return _checked(node, Fraction(found[1]) * 1024 ** _POWERS[(found[2] or "").lower()])


def _checked(node: Node, value: Fraction) -> int:
    amount = -(-value.numerator // value.denominator)
    if amount > LARGEST:
        raise node.error(node.describe(), "an amount of at most 2**62")
    return amount


def read_count(node: Node, text: Text, what: str) -> int:
    """A whole number of at least 0."""
    written = text(node).strip()
    if not re.fullmatch(r"[0-9]{1,18}", written):
        raise node.error(f'"{written}"', f"a whole number of {what}, at least 0", "such as 3")
    return int(written)


def read_resources(node: Node | None, text: Text, every_gpu: Callable[[], None]) -> dict[str, int]:
    """``cpus``, ``memory``, GPUs among ``devices`` and ``generic_resources``. 0 means no reservation and no limit.

    every_gpu : called where all GPUs of a host are asked for, which counts as one.
    """
    if node is None:
        return {}
    found: dict[str, int] = {}
    if (cpus := node.find("cpus")) is not None:
        found[CPU] = read_cpus(cpus, text)
    if (memory := node.find("memory")) is not None:
        found[MEMORY] = read_bytes(memory, text)
    for device in node.find_list("devices"):
        if any(text(capability).lower() == GPU for capability in device.find_list("capabilities")):
            found[GPU] = found.get(GPU, 0) + _devices(device, text, every_gpu)
    for generic in node.find_list("generic_resources"):
        if (discrete := generic.find("discrete_resource_spec")) is not None:
            kind = discrete.find_text("kind", default="generic resource")
            value = discrete.find("value")
            name = GPU if GPU in kind.lower() else kind
            found[name] = found.get(name, 0) + (1 if value is None else read_count(value, text, kind))
    return {resource: amount for resource, amount in found.items() if amount}


def read_gpus(node: Node | None, text: Text, every_gpu: Callable[[], None]) -> int:
    """The short form ``gpus: all``, or a list of devices."""
    if node is None:
        return 0
    if node.is_list:
        return sum(_devices(device, text, every_gpu) for device in node.elements())
    return _counted(node, text, every_gpu)


def _devices(device: Node, text: Text, every_gpu: Callable[[], None]) -> int:
    if names := device.find_list("device_ids"):
        return len(names)
    count = device.find("count")
    if count is None:
        every_gpu()
        return 1
    return _counted(count, text, every_gpu)


def _counted(count: Node, text: Text, every_gpu: Callable[[], None]) -> int:
    if text(count).strip() in ("all", "-1"):
        every_gpu()
        return 1
    return read_count(count, text, "GPUs")

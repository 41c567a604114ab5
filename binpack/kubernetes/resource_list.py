"""Resource lists (``requests``, ``limits``, ``overhead``) in thousandths of a unit, which is how Kubernetes stores them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from binpack.errors import InputError
from binpack.kubernetes.quantity import QuantityError, overflows, parse_quantity
from binpack.workload.documents import Node

CPU = "cpu"
MEMORY = "memory"
EPHEMERAL_STORAGE = "ephemeral-storage"
BYTES = frozenset({MEMORY, EPHEMERAL_STORAGE})
MILLI = 1000

MilliAmounts = Mapping[str, int]
"""Resource name as Kubernetes has it -> exact amount in thousandths (of a thread, of a byte, of a device)."""

Warn = Callable[[str], None]


def is_extended(resource: str) -> bool:
    """Devices and the like: names with a domain that is not Kubernetes' own. They are counted whole."""
    return "/" in resource and not resource.split("/", 1)[0].endswith("kubernetes.io")


def read_resource_list(node: Node | None, warn: Warn) -> dict[str, int]:
    """The amounts of a resource list, each rounded up to a thousandth (``SetDefaults_ResourceList``).

    A null stands for 0, as it does in the API. InputError for what is no quantity, for a negative amount, for a text without
    any digit (which Kubernetes reads as 0), for one that overflows 64 bits and for a fraction of a device.
    """
    if node is None:
        return {}
    return {name: 0 if value.is_null else _amount(name, value, warn) for name, value in node.items()}


def _amount(resource: str, node: Node, warn: Warn) -> int:
    text = node.text.strip()
    expected = (
        f"a {resource} quantity like {'250m or 2' if resource == CPU else '512Mi or 1Gi' if resource in BYTES else '1'}"
    )
    try:
        quantity = parse_quantity(text)
    except QuantityError as error:
        raise node.error(f'{resource} "{text[:60]}", {error}', expected) from None
    if not any("0" <= character <= "9" for character in text):
        raise node.error(f'{resource} "{text}", which has no digit', expected, "Kubernetes would read it as 0")
    if quantity.nano < 0:
        raise _bad(node, resource, "which is negative", "an amount of 0 or more")
    if overflows(quantity, milli=resource == CPU):
        raise _bad(node, resource, "which does not fit 64 bits", "a smaller amount")
    if is_extended(resource) and quantity.milli % MILLI:
        raise _bad(node, resource, "which is a fraction of a device", "a whole number")
    if resource in BYTES and text.endswith("m"):
        warn(f'{node.place}: {resource} "{text}" means thousandths of a byte; "{text[:-1]}Mi" may have been meant')
    return quantity.milli


def _bad(node: Node, resource: str, fault: str, expected: str) -> InputError:
    return node.error(f"{resource} {node.describe()}, {fault}", expected)


def whole_amounts(amounts: MilliAmounts) -> dict[str, int]:
    """The amounts the scheduler counts with: CPU in thousandths, everything else rounded up once to whole units
    (``framework/types.go``, ``Resource.Add``)."""
    return {name: amount if name == CPU else -(-amount // MILLI) for name, amount in amounts.items()}

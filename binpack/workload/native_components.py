"""Components of an application in the project's own YAML: what each of them is as a service, and whom it calls.

components:
  - {name: web, cpu: 1, memory: 2 GiB, share: 90%, fixed: {memory: 1 GiB},
     calls: [{to: search, rate: 200, size: 4 KB, cpu: 50us}]}
  - {name: search, cpu: 1, memory: 18 GiB, share: 10%}
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from binpack.units import CPU, DISK
from binpack.workload.application import Call, Component, Resources
from binpack.workload.durations import read_duration
from binpack.workload.native_values import AMOUNT_KEYS, amount, check_keys, count, name_of, requests_of
from binpack.workload.node import Node
from binpack.workload.sizing import fixed_of_whole

COMPONENT_KEYS = ("name", "replicas", "share", *AMOUNT_KEYS, "fixed", "image", "calls")
CALL_KEYS = ("to", "rate", "size", "cpu")
NUMBER = re.compile(r"([0-9]{1,20}(?:\.[0-9]{0,20}|/[1-9][0-9]{0,20})?)(%?)", re.ASCII)


def read_components(whole: Node) -> tuple[Component, ...]:
    """The components of an application, each of a name of its own, with calls among them."""
    nodes = whole.find_list("components")
    components = tuple(_component(node) for node in nodes)
    names = Counter(component.name for component in components)
    if again := [node for node, c in zip(nodes, components, strict=True) if names[c.name] > 1]:
        raise again[-1].error(
            f"the component {again[-1].find_text('name')} again", "a name of its own in its application"
        )
    for node, component in zip(nodes, components, strict=True):
        for k, call in enumerate(component.calls):
            if call.to not in names or call.to == component.name:
                others = ", ".join(name for name in names if name != component.name)
                expected = f"another component: {others}" if others else "another component, of which there is none"
                raise node.find_list("calls")[k].error(f"a call to {call.to!r}", expected)
    return components


def _component(node: Node) -> Component:
    check_keys(node, COMPONENT_KEYS)
    name = name_of(node, "a component")
    replicas = count(node, "replicas", 1) if node.find("replicas") is not None else None
    requests, fixed, share = requests_of(node), _fixed(node), _share(node)
    if share is not None and replicas is not None:
        raise node.error("both replicas and share", "one of them: copies follow from a share of the load")
    if over := [r for r, amount in fixed.items() if amount > requests.get(r, 0)]:
        raise node.error(f"a fixed part that takes more {over[0]} than the component requests", "a part of its request")
    if share and requests.get(CPU, 0) <= fixed.get(CPU, 0):
        raise node.error("a share of the load without CPU for it", "cpu: more than is fixed")
    calls = tuple(_call(call) for call in node.find_list("calls"))
    return Component(name, requests, replicas, node.find_text("image"), share, fixed, calls)


def _call(node: Node) -> Call:
    """So many a second, bytes of each with its answer, and what it takes of a thread at each end."""
    check_keys(node, CALL_KEYS)
    to, rate, size, cpu = (node.find(key) for key in CALL_KEYS)
    if to is None or rate is None:
        raise node.error("a call without " + ("to" if to is None else "rate"), "to: NAME, rate: calls a second")
    found = NUMBER.fullmatch(rate.text.strip())
    if found is None or found[2]:
        raise rate.error(rate.describe(), "calls a second of at least 0, such as 200 or 0.5")
    return Call(
        to.text,
        Fraction(found[1]),
        0 if size is None else amount(size, DISK),
        0 if cpu is None else read_duration(cpu),
    )


def _fixed(node: Node) -> dict[str, int]:
    fixed = node.find("fixed")
    if fixed is None:
        return {}
    check_keys(fixed, AMOUNT_KEYS)
    return requests_of(fixed)


def _share(node: Node) -> Fraction | None:
    """``0.25``, ``25%`` or ``1/4``."""
    value = node.find("share")
    if value is None:
        return None
    found = NUMBER.fullmatch(value.text.strip())
    share = Fraction(found[1]) / (100 if found[2] else 1) if found else None
    if share is None or share > 1:
        raise value.error(value.describe(), "a share of the load from 0 to 1, such as 0.25, 25% or 1/4")
    return share


def check_shares(node: Node, requests: Resources, components: Sequence[Component]) -> None:
    """Shares are of all components and of a load that the whole's CPU stands for."""
    shares = [component.share for component in components if component.share is not None]
    if not shares:
        return
    if missing := [component.name for component in components if component.share is None]:
        raise node.error(f"the component {missing[0]} without a share of the load", "a share of every component")
    if (total := sum(shares)) != 1:
        raise node.error(f"components whose shares of the load sum to {float(total):.6g}", "a sum of exactly 1")
    calling = {call.to for c in components for call in c.calls if call.rate * call.cpu}
    calling |= {c.name for c in components if any(call.rate * call.cpu for call in c.calls)}
    if idle := [c.name for c in components if c.name in calling and c.requests.get(CPU, 0) <= c.fixed.get(CPU, 0)]:
        raise node.error(f"calls of the component {idle[0]} without CPU for them", "cpu: more than is fixed")
    if requests.get(CPU, 0) <= fixed_of_whole(tuple(components)).get(CPU, 0):
        raise node.error("shares of a load without CPU of the whole", "cpu: of the whole, more than is fixed")

"""Writes a workload in the project's own YAML, exactly as ``native.read_native`` reads it again."""

from __future__ import annotations

import re
from collections.abc import Mapping

from binpack.units import BYTE_RESOURCES, CPU, DISK, LARGEST, MEMORY
from binpack.workload.application import LINUX, Application, Call, Component, Placement
from binpack.workload.durations import duration_text
from binpack.workload.image import Image
from binpack.workload.layer import Layer
from binpack.workload.native_updates import update_entries
from binpack.workload.workload import Workload

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def to_yaml(workload: Workload) -> str:
    """The text of a file, one application a line.

    Written are what applications declare (not what sizing fills in) and their rules; limits, notes and what each
    of several containers requests have no place in this format.
    """
    lines = [f"workload: {_text(workload.name)}", "applications:"]
    lines += [f"  - {_mapping(_application(a))}" for a in workload.applications]
    if not workload.applications:
        lines[-1] += " []"
    if workload.images:
        lines.append("images:")
        lines += [f"  {_text(name)}: {_image(platforms)}" for name, platforms in workload.images.items()]
    if workload.overheads:
        lines.append(f"overheads: {_mapping({k: str(v) for k, v in workload.overheads.items()})}")
    return "\n".join(lines) + "\n"


def _application(application: Application) -> dict[str, str]:
    a = application
    images = [container.image for container in a.containers if container.image]
    found = {"name": _text(a.name)}
    if a.group != "default":
        found["group"] = _text(a.group)
    if a.replicas != 1:
        found["replicas"] = str(a.replicas)
    found |= _amounts(a.requests)
    if a.os != LINUX:
        found["os"] = a.os
    if a.arch != "amd64":
        found["arch"] = a.arch
    if a.isolation is not None:
        found["isolation"] = a.isolation
    if len(images) > 1:
        found["images"] = f"[{', '.join(map(_text, images))}]"
    elif images:
        found["image"] = _text(images[0])
    if a.image_bytes is not None:
        found["image_size"] = amount_text(DISK, a.image_bytes)
    if a.labels:
        found["labels"] = _mapping({key: _text(value) for key, value in a.labels.items()})
    flags = (("agent", a.agent), ("job", a.job), ("ordered_start", a.ordered_start))
    found |= {key: "true" for key, on in flags if on}
    if a.update is not None:
        found["update"] = _mapping(update_entries(a.update))
    if a.components:
        found["components"] = f"[{', '.join(_mapping(_component(c)) for c in a.components)}]"
    if rules := _placement(a.placement):
        found["placement"] = _mapping(rules)
    return found


def _image(platforms: tuple[Image, ...]) -> str:
    """One platform, or a list of them."""
    written = [_mapping(_platform(image)) for image in platforms]
    return written[0] if len(written) == 1 else f"[{', '.join(written)}]"


def _platform(image: Image) -> dict[str, str]:
    found = {key: value for key, value in (("os", image.os), ("arch", image.arch)) if value is not None}
    layers = [_mapping({"digest": _text(layer.digest), **_bytes(layer)}) for layer in image.layers]
    return {**found, **({"whole": "true"} if image.whole else {}), "layers": f"[{', '.join(layers)}]"}


def _bytes(layer: Layer) -> dict[str, str]:
    size = {"size": amount_text(DISK, layer.size)}
    return size if layer.compressed is None else {**size, "compressed": amount_text(DISK, layer.compressed)}


def _component(component: Component) -> dict[str, str]:
    found = {"name": _text(component.name)}
    if component.replicas is not None:
        found["replicas"] = str(component.replicas)
    found |= _amounts(component.requests)
    if component.share is not None:
        found["share"] = str(component.share)
    if component.fixed:
        found["fixed"] = _mapping(_amounts(component.fixed))
    if component.calls:
        found["calls"] = f"[{', '.join(_mapping(_call(call)) for call in component.calls)}]"
    return {**found, "image": _text(component.image)} if component.image else found


def _call(call: Call) -> dict[str, str]:
    found = {"to": _text(call.to), "rate": str(call.rate)}
    if call.size:
        found["size"] = amount_text(DISK, call.size)
    return {**found, "cpu": duration_text(call.cpu)} if call.cpu else found


def _placement(placement: Placement) -> dict[str, str]:
    found = {}
    if placement.max_per_host is not None:
        found["max_per_host"] = str(placement.max_per_host)
    for key, names in (("apart_from", placement.apart_from), ("together_with", placement.together_with)):
        if names:
            found[key] = f"[{', '.join(map(_text, names))}]"
    if placement.node_selector:
        found["node_selector"] = _mapping({key: _text(value) for key, value in placement.node_selector.items()})
    return found


def _amounts(requests: Mapping[str, int]) -> dict[str, str]:
    own = {r: amount_text(r, requests[r]) for r in (CPU, MEMORY, DISK) if r in requests}
    more = {r: str(amount) for r, amount in requests.items() if r not in own}
    return {**own, "resources": _mapping(more)} if more else own


def amount_text(resource: str, amount: int) -> str:
    """An exact amount that reads back as itself: ``500m``, ``3``, ``512 MiB``, ``1000 B``."""
    assert 0 <= amount <= LARGEST
    if resource == CPU:
        return f"{amount}m" if amount % 1000 else str(amount // 1000)
    if resource in BYTE_RESOURCES:
        for power, unit in ((4, "TiB"), (3, "GiB"), (2, "MiB"), (1, "KiB")):
            if amount and amount % 1024**power == 0:
                return f"{amount // 1024**power} {unit}"
    return f"{amount} B" if amount and resource in BYTE_RESOURCES else str(amount)


def _mapping(entries: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{_text(key)}: {value}" for key, value in entries.items()) + "}"


def _text(text: str) -> str:
    """A scalar that YAML reads back as this text: plain where nothing can be mistaken, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    quoted = (c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    return f'"{"".join(quoted)}"'

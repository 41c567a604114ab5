"""Images as those who run them list them: Docker with the layers of each, container runtimes and nodes with sizes alone.

Sources: ``docker image inspect`` (Engine API, ImageInspect), CRI's ListImages as ``crictl images -o json`` prints it, and
``status.images`` of a Kubernetes Node, which the kubelet cuts at 50 (``nodeStatusMaxImages``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from binpack.workload.image import Image
from binpack.workload.image_registry import Named
from binpack.workload.layer import Layer
from binpack.workload.node import Node

NONE = "<none>"  # what Docker calls an image that has lost its name
Chain = tuple[str, ...]
"""Digests of unpacked layers, the base first."""


def is_docker_image(node: Node) -> bool:
    """Is it an entry of what ``docker image inspect`` prints?"""
    return node.is_mapping and node.find("RootFS") is not None and node.find("Size") is not None


def docker_images(nodes: Sequence[Node]) -> Iterator[Named]:
    """Images of which one may be the base of another: all of its layers, and one for the rest.

    Docker says how large an image is, and which layers it has, not how large each of these is. What two images share without
    an image that is just that counts in both.
    """
    sizes: dict[Chain, int] = {}
    for node in nodes:
        chain = _chain(node)
        sizes[chain] = max(sizes.get(chain, 0), _size(node, "Size"))
    for node in nodes:
        image = Image(_parts(_chain(node), sizes), node.find_text("Os") or None, node.find_text("Architecture") or None)
        for name in _named(node, ("RepoTags", "RepoDigests")):
            yield name, image


def cri_images(nodes: Sequence[Node]) -> Iterator[Named]:
    """What a container runtime has: names and a size each."""
    for node in nodes:
        image = _whole(node.find_text("id"), _size(node, "size"))
        for name in _named(node, ("repoTags", "repoDigests")):
            yield name, image


def node_images(node: Node) -> Iterator[Named]:
    """What a Kubernetes node has, of the platform that the node is."""
    platform = [node.find_text("status", "nodeInfo", key) or None for key in ("operatingSystem", "architecture")]
    for entry in node.find_list("status", "images"):
        names = _named(entry, ("names",))
        surest = next((name for name in names if "@" in name), names[0] if names else "")
        for name in names:
            yield name, _whole(surest, _size(entry, "sizeBytes"), *platform)


def _whole(identity: str, size: int, os: str | None = None, arch: str | None = None) -> Image:
    """An image of which only the size is known; another size is another layer, as of another platform."""
    return Image((Layer(f"{identity}, {size} bytes", size),), os, arch, whole=True)


def _named(node: Node, keys: Sequence[str]) -> list[str]:
    return [name.text for key in keys for name in node.find_list(key) if NONE not in name.text]


def _chain(node: Node) -> Chain:
    return tuple(layer.text for layer in node.find_list("RootFS", "Layers"))


def _size(node: Node, key: str) -> int:
    """Bytes; ``crictl`` writes them as text."""
    found = node.find(key)
    if found is None or not found.text.isdecimal() or len(found.text) > 18:
        what = node if found is None else found
        raise what.error(what.describe(), f"{key}: a number of bytes")
    return int(found.text)


def _parts(chain: Chain, sizes: Mapping[Chain, int]) -> tuple[Layer, ...]:
    """From the smallest listed image that is the base of this one to the whole, what each adds."""
    ends = [end for end in range(1, len(chain) + 1) if chain[:end] in sizes] or [0]
    layers, below = [], 0
    for end in ends:
        size = max(below, sizes[chain[:end]])
        layers.append(Layer(_chain_id(chain[:end]), size - below))
        below = size
    return tuple(layers)


def _chain_id(chain: Chain) -> str:
    """Equal for equal layers on equal bases, as the ChainID of the OCI image specification."""
    return f"chain:{hashlib.sha256(' '.join(chain).encode()).hexdigest()}"

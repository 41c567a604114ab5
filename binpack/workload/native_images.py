"""Images in the project's own YAML: a name, and its layers with their sizes, for one platform or for several.

images:
  shop/web: {layers: [{digest: base, size: 80 MB, compressed: 30 MB}, {digest: web, size: 40 MB}]}
  shop/tool: {size: 300 MB}                          # no layers are known: nothing is shared
  redis: [{arch: amd64, size: 45 MB}, {arch: arm64, size: 43 MB}]
"""

from __future__ import annotations

from binpack.units import DISK
from binpack.workload.image import Image, Images
from binpack.workload.image_names import names_of
from binpack.workload.layer import Layer
from binpack.workload.native_values import amount, check_keys
from binpack.workload.node import Node

IMAGE_KEYS = ("os", "arch", "layers", "size", "compressed", "whole")
LAYER_KEYS = ("digest", "size", "compressed")


def native_images(images: Node) -> Images:
    """The images of a mapping from names; a name that stands for the same image as another one is refused."""
    found: dict[str, tuple[Image, ...]] = {}
    for reference, node in images.items():
        names = names_of(reference)
        if not names or names[0] in found:
            raise node.error(f"the image {reference!r} again", "each image once", f"its full name: {', '.join(names)}")
        platforms = node.elements() if node.is_list else (node,)
        found[names[0]] = tuple(_image(names[0], platform) for platform in platforms)
    return found


def _image(name: str, node: Node) -> Image:
    check_keys(node, IMAGE_KEYS)
    layers, size = node.find("layers"), node.find("size")
    if (layers is None) == (size is None):
        raise node.error("both layers and a size" if layers is not None else "neither layers nor a size", "one of them")
    flag = node.find("whole")
    whole = layers is None or (flag is not None and flag.boolean())
    found = [_whole(name, node)] if layers is None else [_layer(layer) for layer in layers.elements()]
    return Image(tuple(found), node.find_text("os") or None, node.find_text("arch") or None, whole)


def _layer(node: Node) -> Layer:
    check_keys(node, LAYER_KEYS)
    digest = node.find_text("digest")
    if not digest:
        raise node.error("a layer without a digest", "digest: ...", "layers of one digest are shared")
    return Layer(digest, *_bytes(node))


def _whole(name: str, node: Node) -> Layer:
    platform = "/".join(filter(None, (node.find_text("os"), node.find_text("arch"))))
    return Layer(f"{name} {platform}".strip(), *_bytes(node))


def _bytes(node: Node) -> tuple[int, int | None]:
    size, compressed = node.find("size"), node.find("compressed")
    if size is None:
        raise node.error("a layer without a size", "size: 80 MB")
    return amount(size, DISK), None if compressed is None else amount(compressed, DISK)

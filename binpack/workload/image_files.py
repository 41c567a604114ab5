"""Files that say how large images are, each format found out by its content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from binpack.errors import input_error
from binpack.workload.documents import parse_documents, read_text
from binpack.workload.image import Image, Images, merged
from binpack.workload.image_inventory import cri_images, docker_images, is_docker_image, node_images
from binpack.workload.image_names import names_of
from binpack.workload.image_registry import (
    Named,
    digest_of,
    inspected,
    is_inspected,
    is_registry_document,
    layout,
    linked,
)
from binpack.workload.native_images import native_images
from binpack.workload.node import Node
from binpack.workload.source_text import STANDARD_INPUT

FORMATS = "images with sizes, from docker, crictl, kubectl get nodes or a registry, or YAML with a mapping 'images'"


@dataclass
class _Found:
    """What files hold. Images of Docker and documents of registries wait until all are there, as they belong together."""

    named: list[Named] = field(default_factory=list)
    own: list[Images] = field(default_factory=list)
    docker: list[Node] = field(default_factory=list)
    registry: dict[str, Node] = field(default_factory=dict)

    def take(self, node: Node, text: str) -> None:
        """One document of a file with this text."""
        entries = node.elements() if node.is_list else (node,)
        images = node.find("images") if node.is_mapping else None
        if entries and all(map(is_docker_image, entries)):
            self.docker += entries
        elif entries and all(map(is_inspected, entries)):
            self.named += (found for entry in entries for found in inspected(entry))
        elif images is not None and images.is_mapping:
            self.own.append(native_images(images))
        elif images is not None:
            self.named += cri_images(images.elements())
        elif nodes := _nodes(node):
            self.named += (found for entry in nodes for found in node_images(entry))
        elif is_registry_document(node):
            self.registry[digest_of(text)] = node
        else:
            raise node.error(node.describe(), FORMATS)

    def images(self) -> Images:
        """All of them by their full names."""
        named = [*self.named, *docker_images(self.docker), *linked(self.registry)]
        return merged([*self.own, *_by_name(named)])


def read_images(*paths: str | Path) -> Images:
    """The images of files, and of folders that are OCI image layouts.

    InputError for what is no list of images, and for a layer that has one size here and another there.
    """
    found = _Found()
    for path in paths:
        if str(path) != STANDARD_INPUT and Path(path).is_dir():
            found.named += layout(Path(path))
            continue
        source = read_text(path)
        for node in parse_documents(source):
            found.take(node, source.text)
    images = found.images()
    _check_sizes(images, ", ".join(map(str, paths)))
    return images


def _nodes(node: Node) -> Sequence[Node]:
    """Nodes of Kubernetes: one, or those of a list."""
    if not node.is_mapping:
        return ()
    listed = [item for item in node.find_list("items") if item.find_text("kind") == "Node"]
    return listed or ((node,) if node.find_text("kind") == "Node" else ())


def _by_name(named: Sequence[Named]) -> Iterator[dict[str, tuple[Image, ...]]]:
    for reference, image in named:
        yield dict.fromkeys(names_of(reference), (image,))


def _check_sizes(images: Images, where: str) -> None:
    """One digest is one layer: it cannot have two sizes."""
    sizes: dict[str, tuple[int, str]] = {}
    for name, platforms in images.items():
        for layer in (layer for image in platforms for layer in image.layers):
            size, first = sizes.setdefault(layer.digest, (layer.size, name))
            if size != layer.size:
                found = f"layer {layer.digest} with {size} bytes in {first} and {layer.size} in {name}"
                raise input_error(where, found, "one size for a digest")

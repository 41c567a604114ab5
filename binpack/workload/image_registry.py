"""Images as registries describe them: manifests and indexes of OCI and of Docker, one by one or as an image layout on disk.

Sources: OCI image specification (``manifest.md``, ``image-index.md``, ``image-layout.md``, ``annotations.md``) and what
``docker manifest inspect --verbose`` prints. Layers have the size that is fetched; nothing here says how large they are
unpacked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from binpack.errors import input_error
from binpack.workload.documents import parse_documents, read_text
from binpack.workload.image import Image
from binpack.workload.image_names import names_of
from binpack.workload.layer import Layer
from binpack.workload.node import Node

Named = tuple[str, Image]
"""A reference and what it stands for on one platform."""

NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")
"""Annotations with the name of an image, the fuller one first."""
MANIFESTS = ("SchemaV2Manifest", "OCIManifest")
INDEX = "index.json"
UNKNOWN = "unknown"  # the platform of an attestation, which is no image


def is_inspected(node: Node) -> bool:
    """Is it an entry of what ``docker manifest inspect --verbose`` prints?"""
    return node.is_mapping and node.find("Ref") is not None and node.find("Descriptor") is not None


def is_registry_document(node: Node) -> bool:
    """Is it an index of manifests, or a manifest?"""
    return node.is_mapping and node.find("schemaVersion") is not None


def inspected(node: Node) -> Iterator[Named]:
    """The image of one such entry; of an attestation nothing."""
    manifest = next((found for key in MANIFESTS if (found := node.find(key)) is not None), None)
    if manifest is None:
        raise node.error(
            "an image without its manifest", " or ".join(MANIFESTS), "docker manifest inspect --verbose NAME"
        )
    platform = node.find("Descriptor", "platform")
    if platform is None or platform.find_text("os") != UNKNOWN:
        reference = node.find_text("Ref")
        yield _tag_of(reference), _image(manifest, platform)


def digest_of(text: str) -> str:
    """The digest of a manifest's text as it is stored."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def linked(documents: Mapping[str, Node]) -> Iterator[Named]:
    """The images of indexes and of the manifests that they name, by digest; a manifest that no index names has no name.

    What an index names and nobody gave is left out, as with platforms that were not fetched.
    """
    below = {d.find_text("digest") for node in documents.values() for d in node.find_list("manifests")}
    for digest, node in documents.items():
        if digest in below:
            continue
        if node.find("manifests") is None:
            raise node.error(
                "a manifest without the name of its image", "an index that names it", "docker manifest inspect -v"
            )
        yield from _of_index(node, documents, "")


def layout(folder: Path) -> Iterator[Named]:
    """The images of an OCI image layout: ``index.json``, and manifests among the blobs."""
    if not (folder / INDEX).is_file():
        raise input_error(str(folder), "a folder without index.json", "an OCI image layout, or a file")
    documents = {INDEX: _only(folder / INDEX)}
    waiting = [INDEX]
    while waiting:
        for descriptor in documents[waiting.pop()].find_list("manifests"):
            digest = descriptor.find_text("digest")
            blob = folder / "blobs" / digest.replace(":", "/", 1)
            if digest not in documents and ".." not in digest and blob.is_file():
                documents[digest] = _only(blob)
                waiting.append(digest)
    yield from linked(documents)


def _only(path: Path) -> Node:
    documents = parse_documents(read_text(path))
    if len(documents) != 1:
        raise input_error(str(path), f"{len(documents)} documents", "an index or a manifest")
    return documents[0]


def _of_index(node: Node, documents: Mapping[str, Node], outer: str) -> Iterator[Named]:
    for descriptor in node.find_list("manifests"):
        annotated = (descriptor.find_text("annotations", key) for key in NAMES)
        name = next(filter(None, annotated), outer)
        found, platform = documents.get(descriptor.find_text("digest")), descriptor.find("platform")
        if found is None or (platform is not None and platform.find_text("os") == UNKNOWN):
            continue
        if found.find("manifests") is not None:
            yield from _of_index(found, documents, name)
        elif name:
            yield name, _image(found, platform)
        else:
            raise descriptor.error("a manifest without a name", f"an annotation {NAMES[1]}")


def _image(manifest: Node, platform: Node | None) -> Image:
    layers = tuple(_layer(node) for node in manifest.find_list("layers"))
    if platform is None:
        return Image(layers)
    return Image(layers, platform.find_text("os") or None, platform.find_text("architecture") or None)


def _layer(node: Node) -> Layer:
    digest, size = node.find_text("digest"), node.find("size")
    if not digest or size is None:
        raise node.error("a layer without digest or size", "both")
    return Layer(digest, size.integer(), size.integer())


def _tag_of(reference: str) -> str:
    """The name with its tag: of an image for several platforms, Docker adds the digest of each."""
    name = reference.partition("@")[0]
    return name if names_of(name) else reference

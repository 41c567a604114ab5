"""Image: what is known of one container image, and collections of them by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from binpack.workload.layer import Layer, distinct


@dataclass(frozen=True)
class Image:
    """One image for one platform; ``os`` or ``arch`` is None where the source does not say.

    whole : its layers are not known, only its size: one layer stands for all of it, and nothing is shared.
    """

    layers: tuple[Layer, ...]
    os: str | None = None
    arch: str | None = None
    whole: bool = False

    @property
    def size(self) -> int:
        """Bytes on disk, each layer once."""
        return sum(layer.size for layer in distinct(self.layers))

    @property
    def packed(self) -> bool:
        """Whether all that is known of its layers is what is fetched: unpacked they are larger."""
        return any(layer.size for layer in self.layers) and all(layer.size == layer.compressed for layer in self.layers)


Images = Mapping[str, tuple[Image, ...]]
"""Full name (``image_names``) -> the image for each platform."""


def merged(collections: Iterable[Images]) -> dict[str, tuple[Image, ...]]:
    """All of them. Of one image on one platform what knows its layers counts, and of several such the first; of several
    that are known whole the largest."""
    found: dict[str, dict[tuple[str | None, str | None], Image]] = {}
    for images in collections:
        for name, platforms in images.items():
            known = found.setdefault(name, {})
            for image in platforms:
                other = known.get((image.os, image.arch))
                if other is None or (other.whole and (not image.whole or image.size > other.size)):
                    known[image.os, image.arch] = image
    return {name: tuple(known.values()) for name, known in found.items()}

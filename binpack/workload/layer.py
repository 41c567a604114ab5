"""Layer: a part of a container image that a machine stores once and fetches once, whatever runs from it there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """One layer.

    digest : what tells layers apart; two images with a layer of one digest share it. size : bytes on disk.
    compressed : bytes that are fetched from a registry; None: unknown, and the size stands for them.

    A machine keeps one copy of a digest. Unpacked storage keeps another where the same layer lies on a different base (the
    ChainID of the OCI image specification), which real images hardly do but for empty layers.
    """

    digest: str
    size: int
    compressed: int | None = None

    @property
    def pulled(self) -> int:
        """Bytes that a machine fetches that has not got it."""
        return self.size if self.compressed is None else self.compressed


def distinct(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """Each digest once, in order of first mention."""
    return tuple({layer.digest: layer for layer in layers}.values())

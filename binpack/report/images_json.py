"""Images as JSON and as columns: bytes on disk and bytes pulled, shared and not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from binpack.image_use import ImageBytes, ImageUse

IMAGE_COLUMNS = (
    "images_disk",
    "images_pulled",
    "images_pulled_at_least",
    "images_pulled_without_regard",
    "images_pull_seconds",
)


def images_json(use: ImageUse | None) -> dict[str, Any] | None:
    """Bytes; ``pull_seconds`` is null without a bandwidth."""
    if use is None:
        return None
    return {
        **_bytes(use, use.plan),
        "lower_bound": use.lower_bound,
        "proven": use.proven,
        "without_regard": None if use.without_regard is None else _bytes(use, use.without_regard),
        "apart": _bytes(use, use.apart),
        "unknown": list(use.unknown),
    }


def image_columns(use: ImageUse | None) -> dict[str, int | float | None]:
    """IMAGE_COLUMNS; nothing where nothing is known of images."""
    if use is None:
        return dict.fromkeys(IMAGE_COLUMNS)
    before = None if use.without_regard is None else use.without_regard.pulled
    cells = (use.plan.disk, use.plan.pulled, use.lower_bound, before, _seconds(use.seconds(use.plan)))
    return dict(zip(IMAGE_COLUMNS, cells, strict=True))


def _bytes(use: ImageUse, found: ImageBytes) -> dict[str, Any]:
    return {
        "disk": found.disk,
        "largest": found.largest,
        "pulled": found.pulled,
        "slowest": found.slowest,
        "pull_seconds": _seconds(use.seconds(found)),
    }


def _seconds(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 3)

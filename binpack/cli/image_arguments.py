"""Options about images: how large they are, and how fast they come."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from binpack.cli.trace_arguments import reading_options
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.image_use import Bandwidth
    from binpack.workload.workload import Workload

_RATE = re.compile(r"(.*?)(bit|bps)?(?:/s)?", re.IGNORECASE)


def add_image_options(add: argparse._ActionsContainer) -> list[argparse.Action]:
    """``--images``, ``--registry-bandwidth`` and ``--machine-bandwidth``."""
    return [
        add.add_argument(
            "--images",
            action="append",
            metavar="FILE",
            help="sizes of images: docker image inspect, docker manifest inspect -v, an OCI layout, crictl images -o json, "
            "kubectl get nodes -o json, or YAML of our own (may be repeated)",
        ),
        add.add_argument(
            "--registry-bandwidth",
            metavar="RATE",
            help="what the registry serves to all machines together: 10Gbit/s, 500MB/s; tells how long pulling takes",
        ),
        add.add_argument(
            "--machine-bandwidth", metavar="RATE", help="what one machine pulls at most (default: no limit)"
        ),
    ]


def bandwidth(args: argparse.Namespace) -> Bandwidth:
    """What limits pulling; InputError names the option that is no rate."""
    from binpack.image_use import Bandwidth

    return Bandwidth(
        _rate("--registry-bandwidth", args.registry_bandwidth), _rate("--machine-bandwidth", args.machine_bandwidth)
    )


def read_with_images(paths: Sequence[str], args: argparse.Namespace) -> Workload:
    """The workload with the images of ``--images`` beside those that it brings."""
    from dataclasses import replace

    from binpack.workload.image import merged
    from binpack.workload.image_files import read_images
    from binpack.workload.reading import read

    options = reading_options(args)
    if not args.images:
        return read(*paths, **options)
    if "-" in args.images and ("-" in paths or args.usage == "-"):
        raise input_error("standard input", "--images and another file", "one of them in a file")
    images = read_images(*args.images)
    workload = read(*paths, **options)
    return replace(workload, images=merged([workload.images, images]))


def _rate(option: str, text: str | None) -> int | None:
    """Bytes a second: ``1Gbit/s`` and ``1 Gbps`` are an eighth of ``1 GB/s``."""
    from binpack.units import DISK, parse_amount

    if text is None:
        return None
    found = _RATE.fullmatch(text.strip())
    try:
        amount = parse_amount(DISK, found[1]) if found else 0
    except ValueError:
        amount = 0
    rate = amount // 8 if found and found[2] else amount
    if rate < 1:
        raise input_error(option, repr(text), "a rate", "such as 10Gbit/s or 500MB/s")
    return rate

"""From images to applications: the layers that one copy of each needs, and the images of which nothing is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from binpack.listing import listed
from binpack.workload.application import Application
from binpack.workload.image import Image, Images
from binpack.workload.image_names import names_of
from binpack.workload.layer import Layer, distinct
from binpack.workload.workload import Workload

_SHOWN = 5  # names that a note lists


def with_layers(workload: Workload) -> Workload:
    """The workload with the layers of every application filled in, as far as they are known, and a note on the images whose
    size is not, if any other one's is."""
    applications = tuple(replace(a, layers=layers_of(a, workload.images)) for a in workload.applications)
    filled = replace(workload, applications=applications)
    if not any(a.layers for a in applications):
        return filled
    return replace(filled, notes=(*filled.notes, *_notes(filled)))


def _notes(workload: Workload) -> Iterator[str]:
    if missing := unknown_images(workload):
        verb = "images have no known size and take" if len(missing) > 1 else "image has no known size and takes"
        yield f"{len(missing)} {verb} no disk here: {listed(missing, _SHOWN)}"
    packed = sum(any(image.packed for image in platforms) for platforms in workload.images.values())
    if packed:
        yield f"images known by what a registry sends: {packed}; unpacked, on disk, they are larger"


def layers_of(application: Application, images: Images) -> tuple[Layer, ...]:
    """The layers of all of an application's containers, each once; of ``image_size`` alone, one that nothing shares."""
    found = [find(c.image, images, application) for c in application.containers]
    if any(image is not None for image in found):
        return distinct(layer for image in found if image is not None for layer in image.layers)
    if not application.image_bytes:
        return ()
    names = "+".join(c.image for c in application.containers) or application.key
    return (Layer(f"{names}, {application.image_bytes} bytes", application.image_bytes),)


def find(reference: str, images: Images, application: Application) -> Image | None:
    """The image of a name for the platform of an application; one of unknown platform is for any."""
    for name in names_of(reference):
        for image in images.get(name, ()):
            if image.os in (None, application.os) and image.arch in (None, application.arch):
                return image
    return None


def unknown_images(workload: Workload) -> tuple[str, ...]:
    """Images that run, or run on every machine, of which no size is known, as they are named."""
    named = [
        container.image
        for application in (*workload.placed, *workload.agents)
        if not application.image_bytes
        for container in application.containers
        if container.image and find(container.image, workload.images, application) is None
    ]
    return tuple(dict.fromkeys(named))

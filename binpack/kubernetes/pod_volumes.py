"""The volumes of a pod that a filter looks at: claims, and disks that are named in the pod itself."""

from __future__ import annotations

from dataclasses import dataclass

from binpack.workload.documents import Node


@dataclass(frozen=True)
class Disk:
    """A disk named in a pod: two users of it may not share a node, unless both only read and the kind allows that."""

    kind: str
    identity: str
    shareable: bool


@dataclass(frozen=True)
class PodVolumes:
    """claims: names of PersistentVolumeClaims in the pod's namespace; generated: those of them that are made for the pod."""

    claims: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()
    disks: tuple[Disk, ...] = ()


def read_pod_volumes(spec: Node, pod_name: str) -> PodVolumes:
    """The volumes of a pod's ``spec``. A generic ephemeral volume is the claim ``pod-volume``."""
    claims, generated, disks = [], [], []
    for volume in spec.find_list("volumes"):
        claim = volume.find("persistentVolumeClaim")
        if claim is not None:
            claims.append(claim.find_text("claimName"))
            if not claims[-1]:
                raise claim.error("a persistentVolumeClaim without claimName", "claimName")
        elif volume.find("ephemeral") is not None:
            generated.append(f"{pod_name}-{volume.find_text('name')}")
        disks += _disks(volume)
    return PodVolumes(tuple(claims + generated), tuple(generated), tuple(disks))


def _disks(volume: Node) -> list[Disk]:
    """The disks of a volume that are compared (``volumerestrictions``, ``isVolumeConflict``).

    Two Ceph images are the same where they share one monitor, so an image is a disk for each of its monitors.
    """
    found = []
    for kind, key in (("gcePersistentDisk", "pdName"), ("awsElasticBlockStore", "volumeID"), ("iscsi", "iqn")):
        source = volume.find(kind)
        if source is not None:
            shareable = kind != "awsElasticBlockStore" and _read_only(source)
            found.append(Disk(kind, source.find_text(key), shareable))
    image = volume.find("rbd")
    if image is not None:
        name = f"{image.find_text('pool', default='rbd')}/{image.find_text('image')}"
        monitors = [monitor.text for monitor in image.find_list("monitors")]
        found += [Disk("rbd", f"{monitor}/{name}", _read_only(image)) for monitor in monitors]
    return found


def _read_only(source: Node) -> bool:
    value = source.find("readOnly")
    return value is not None and value.boolean()

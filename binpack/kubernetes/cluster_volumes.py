"""Claims, volumes, storage classes and attach limits of a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from binpack.kubernetes.node_affinity import NodeTerm, read_node_terms
from binpack.kubernetes.pod import DEFAULT_NAMESPACE, PodTemplate
from binpack.kubernetes.quantity import QuantityError, parse_quantity
from binpack.kubernetes.selectors import Labels, Requirement, Selector, read_selector
from binpack.workload.documents import Node

NO_PROVISIONER = "kubernetes.io/no-provisioner"
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
READ_WRITE_ONCE_POD = "ReadWriteOncePod"


@dataclass(frozen=True)
class Claim:
    """A PersistentVolumeClaim. volume: the one it is bound to, or empty. request: in bytes. selector: absent takes any."""

    volume: str = ""
    storage_class: str = ""
    access_modes: frozenset[str] = frozenset()
    request: int = 0
    selector: Selector = field(default_factory=lambda: Selector(absent=True))
    lost: bool = False
    terminating: bool = False


@dataclass(frozen=True)
class PersistentVolume:
    """A volume. terms: nodes that reach it (None: all). driver, handle: of its CSI source. claim: ``namespace/name`` it is
    kept for, or empty."""

    labels: Labels = field(default_factory=dict)
    terms: tuple[NodeTerm, ...] | None = None
    storage_class: str = ""
    access_modes: frozenset[str] = frozenset()
    capacity: int = 0
    driver: str = ""
    handle: str = ""
    claim: str = ""


@dataclass(frozen=True)
class StorageClass:
    """A storage class. waits: volumes are bound only when a pod needs them. topologies: nodes for which it can make some,
    any of the alternatives (empty: all nodes). usual: the class of claims that name none."""

    provisioner: str
    waits: bool = False
    topologies: tuple[tuple[Requirement, ...], ...] = ()
    usual: bool = False


@dataclass(frozen=True)
class ClusterVolumes:
    """All of them. claims: by (namespace, name); attach_limits: node name -> CSI driver -> most volumes at once."""

    claims: Mapping[tuple[str, str], Claim] = field(default_factory=dict)
    volumes: Mapping[str, PersistentVolume] = field(default_factory=dict)
    classes: Mapping[str, StorageClass] = field(default_factory=dict)
    attach_limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def with_more(self, other: ClusterVolumes) -> ClusterVolumes:
        """Both together; of what both have, what the other says."""
        return ClusterVolumes(
            {**self.claims, **other.claims},
            {**self.volumes, **other.volumes},
            {**self.classes, **other.classes},
            {**self.attach_limits, **other.attach_limits},
        )

    def attachments(self, template: PodTemplate) -> frozenset[tuple[str, str]]:
        """Driver and handle of the volumes that a pod attaches; a claim without volume counts under its own name
        (``nodevolumelimits/csi.go``, ``getCSIDriverInfo``). In-tree volumes are not translated to their CSI drivers."""
        found = set()
        for name in template.volumes.claims:
            claim = self.claims.get((template.namespace, name))
            volume = self.volumes.get(claim.volume) if claim is not None else None
            if volume is not None and volume.driver:
                found.add((volume.driver, volume.handle))
            elif claim is not None and not claim.volume and claim.storage_class in self.classes:
                found.add((self.classes[claim.storage_class].provisioner, f"{template.namespace}/{name}"))
        return frozenset(found)


def read_cluster_volumes(documents: Sequence[Node]) -> ClusterVolumes:
    """What PersistentVolumeClaim, PersistentVolume, StorageClass and CSINode objects say; other kinds are passed over."""
    claims, volumes, classes, limits = {}, {}, {}, {}
    for node in documents:
        kind, name = node.find_text("kind"), node.find_text("metadata", "name")
        if kind == "PersistentVolumeClaim":
            claims[node.find_text("metadata", "namespace") or DEFAULT_NAMESPACE, name] = read_claim(node)
        elif kind == "PersistentVolume":
            volumes[name] = _read_volume(node)
        elif kind == "StorageClass":
            classes[name] = _read_class(node)
        elif kind == "CSINode":
            limits[name] = _read_limits(node)
    return ClusterVolumes(claims, volumes, classes, limits)


def read_claim(node: Node) -> Claim:
    """A claim, or the template of one."""
    return Claim(
        node.find_text("spec", "volumeName"),
        node.find_text("spec", "storageClassName"),
        frozenset(mode.text for mode in node.find_list("spec", "accessModes")),
        _storage(node, "spec", "resources", "requests", "storage"),
        read_selector(node.find("spec", "selector")),
        node.find_text("status", "phase") == "Lost",
        node.find("metadata", "deletionTimestamp") is not None,
    )


def _read_volume(node: Node) -> PersistentVolume:
    labels, required = node.find("metadata", "labels"), node.find("spec", "nodeAffinity", "required")
    claim = node.find("spec", "claimRef")
    return PersistentVolume(
        {} if labels is None else labels.text_map(),
        None if required is None else read_node_terms(required),
        node.find_text("spec", "storageClassName"),
        frozenset(mode.text for mode in node.find_list("spec", "accessModes")),
        _storage(node, "spec", "capacity", "storage"),
        node.find_text("spec", "csi", "driver"),
        node.find_text("spec", "csi", "volumeHandle"),
        "" if claim is None else f"{claim.find_text('namespace')}/{claim.find_text('name')}",
    )


def _read_class(node: Node) -> StorageClass:
    topologies = tuple(
        tuple(
            Requirement(item.find_text("key"), "In", tuple(value.text for value in item.find_list("values")))
            for item in term.find_list("matchLabelExpressions")
        )
        for term in node.find_list("allowedTopologies")
    )
    waits = node.find_text("volumeBindingMode") == "WaitForFirstConsumer"
    usual = node.find_text("metadata", "annotations", DEFAULT_CLASS) == "true"
    return StorageClass(node.find_text("provisioner"), waits, topologies, usual)


def _read_limits(node: Node) -> dict[str, int]:
    limits = {}
    for driver in node.find_list("spec", "drivers"):
        count = driver.find("allocatable", "count")
        if count is not None:
            limits[driver.find_text("name")] = count.integer()
            if count.integer() < 0:
                raise count.error(f"a count of {count.describe()}", "a number of volumes, 0 or more")
    return limits


def _storage(node: Node, *keys: str) -> int:
    value = node.find(*keys)
    if value is None:
        return 0
    try:
        return parse_quantity(value.text.strip()).whole
    except QuantityError as error:
        raise value.error(f"storage {value.describe()}, {error}", "a quantity like 10Gi") from None

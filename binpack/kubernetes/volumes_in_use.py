"""Which claims, disks and attachments the pods on nodes use."""

from __future__ import annotations

from collections import Counter, defaultdict

from binpack.kubernetes.cluster_volumes import ClusterVolumes
from binpack.kubernetes.pod import PodTemplate
from binpack.kubernetes.pod_volumes import Disk


class VolumesInUse:
    """Users of volumes, counted; without ``volumes`` no attachments are known."""

    def __init__(self, volumes: ClusterVolumes | None) -> None:
        self._volumes = volumes
        self._disks: defaultdict[tuple[str, str], Counter[tuple[int, bool]]] = defaultdict(Counter)
        self._claims: Counter[tuple[str, str]] = Counter()
        self._attached: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        self._per_driver: defaultdict[str, Counter[int]] = defaultdict(Counter)

    def add(self, template: PodTemplate, node: int, change: int = 1) -> None:
        """Count the volumes of one more pod on a node, or with ``change`` -1 of one less."""
        for disk in template.volumes.disks:
            self._disks[disk.kind, disk.identity][node, disk.shareable] += change
        for name in template.volumes.claims:
            self._claims[template.namespace, name] += change
        if self._volumes is None or not template.volumes.claims:
            return
        for driver, handle in self._volumes.attachments(template):
            users = self._attached[driver, handle]
            before = users[node]
            users[node] += change
            self._per_driver[driver][node] += (users[node] > 0) - (before > 0)

    def nodes_against(self, disk: Disk) -> set[int]:
        """The nodes on which a pod uses the same disk in a way that excludes this one."""
        users = self._disks[disk.kind, disk.identity]
        return {node for (node, shareable), n in users.items() if n > 0 and not (shareable and disk.shareable)}

    def users(self, namespace: str, claim: str) -> int:
        """How many pods use the claim, on whatever node."""
        return self._claims[namespace, claim]

    def attached(self, driver: str, node: int) -> int:
        """How many volumes of the driver are attached to the node, each counted once."""
        return self._per_driver[driver][node]

    def is_attached(self, driver: str, handle: str, node: int) -> bool:
        """Is this volume attached to the node already?"""
        return self._attached[driver, handle][node] > 0

"""The filters of volumes: claims, disks, attach limits, zones."""

from __future__ import annotations

import pytest

from binpack.errors import InputError
from binpack.kubernetes.cluster_volumes import ClusterVolumes, read_cluster_volumes
from binpack.workload.documents import SourceText, parse_documents
from tests.kubernetes.small_clusters import cluster, reasons, verdicts

ZONE = "topology.kubernetes.io/zone"
NODES = {"a": f"{{labels: {{{ZONE}: a}}}}", "b": f"{{labels: {{{ZONE}: b}}}}", "x": "{}"}
CLASSES = """
{kind: StorageClass, metadata: {name: waits}, provisioner: csi.example.com, volumeBindingMode: WaitForFirstConsumer}
---
{kind: StorageClass, metadata: {name: now}, provisioner: csi.example.com}
---
kind: StorageClass
metadata: {name: local}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
---
kind: StorageClass
metadata: {name: zonal}
provisioner: csi.example.com
volumeBindingMode: WaitForFirstConsumer
allowedTopologies: [{matchLabelExpressions: [{key: topology.kubernetes.io/zone, values: [b]}]}]
---
"""


def volumes(text: str) -> ClusterVolumes:
    return read_cluster_volumes(parse_documents(SourceText("v.yaml", CLASSES + text)))


def claim(name: str, spec: str, more: str = "") -> str:
    return f"{{kind: PersistentVolumeClaim, metadata: {{name: {name}}}, spec: {spec}{more}}}\n---\n"


def volume(name: str, spec: str, labels: str = "{}") -> str:
    return f"{{kind: PersistentVolume, metadata: {{name: {name}, labels: {labels}}}, spec: {spec}}}\n---\n"


def reach(zone: str) -> str:
    term = f"{{matchExpressions: [{{key: {ZONE}, operator: In, values: [{zone}]}}]}}"
    return f"nodeAffinity: {{required: {{nodeSelectorTerms: [{term}]}}}}"


def using(*claims: str) -> str:
    listed = ", ".join(f"{{name: v, persistentVolumeClaim: {{claimName: {name}}}}}" for name in claims)
    return f"{{volumes: [{listed}]}}"


def test_claims_are_judged_only_where_volumes_are_known() -> None:
    """Without a list of volumes a claim refuses nothing; with one, a claim that is not in it keeps the pod from all."""
    assert verdicts(cluster(NODES), using("c")) == "yes yes yes"
    state = cluster(NODES, volumes=volumes(""))
    assert reasons(state, using("c")) == ['persistentvolumeclaim "c" not found'] * 3
    waiting = 'waiting for ephemeral volume controller to create the persistentvolumeclaim "p-v"'
    assert reasons(state, "{volumes: [{name: v, ephemeral: {}}]}") == [waiting] * 3


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (claim("c", "{storageClassName: now}"), "pod has unbound immediate PersistentVolumeClaims"),
        (claim("c", "{}"), "pod has unbound immediate PersistentVolumeClaims"),
        (claim("c", "{storageClassName: none}"), 'storageclass.storage.k8s.io "none" not found'),
        (
            claim("c", "{volumeName: v}", ", status: {phase: Lost}"),
            'persistentvolumeclaim "c" bound to non-existent persistentvolume "v"',
        ),
        (
            "{kind: PersistentVolumeClaim, metadata: {name: c, deletionTimestamp: x}, spec: {volumeName: v}}",
            'persistentvolumeclaim "c" is being deleted',
        ),
    ],
)
def test_claims_that_cannot_be_used(written: str, reason: str) -> None:
    """Claims that are lost, deleted, of no class that exists, or unbound without waiting keep the pod from all nodes."""
    assert reasons(cluster(NODES, volumes=volumes(written)), using("c")) == [reason] * 3


def test_a_bound_volume_reaches_some_nodes() -> None:
    """The node affinity of the volume decides; a volume that does not exist is found nowhere."""
    state = cluster(NODES, volumes=volumes(claim("c", "{volumeName: v}") + volume("v", f"{{{reach('a')}}}")))
    assert verdicts(state, using("c")) == "yes no! no!"
    assert reasons(state, using("c"))[1] == "node(s) had volume node affinity conflict"
    missing = cluster(NODES, volumes=volumes(claim("c", "{volumeName: gone}")))
    assert (
        reasons(missing, using("c"))
        == ["node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"] * 3
    )


def test_claims_that_wait_for_a_pod() -> None:
    """A class makes a volume where its topologies allow it; one without provisioner needs a volume that is there."""
    text = claim("made", "{storageClassName: waits}") + claim("zonal", "{storageClassName: zonal}")
    state = cluster(NODES, volumes=volumes(text + claim("local", "{storageClassName: local}")))
    assert verdicts(state, using("made")) == "yes yes yes"
    assert verdicts(state, using("zonal")) == "no! yes no!"
    assert reasons(state, using("local")) == ["node(s) didn't find available persistent volumes to bind"] * 3


def test_each_waiting_claim_needs_a_volume_of_its_own() -> None:
    """Two claims and two volumes in zone a, one in b; size, modes and class must do, and volumes kept for others do not."""
    local = "storageClassName: local, accessModes: [ReadWriteOnce]"
    asked = "{" + local + ", resources: {requests: {storage: %s}}}"
    text = claim("c", asked % "5Gi") + claim("d", asked % "10Gi") + claim("e", asked % "50Gi")
    for name, zone, size in (("v1", "a", "6Gi"), ("v2", "a", "10Gi"), ("v3", "b", "10Gi"), ("v4", "b", "4Gi")):
        text += volume(name, f"{{{local}, capacity: {{storage: {size}}}, {reach(zone)}}}")
    kept = f"{{{local}, capacity: {{storage: 90Gi}}, claimRef: {{namespace: default, name: f}}}}"
    state = cluster(NODES, volumes=volumes(text + volume("v5", kept)))
    assert verdicts(state, using("c")) == "yes yes no!"
    assert verdicts(state, using("c", "d")) == "yes no! no!"
    assert verdicts(state, using("e")) == "no! no! no!"


def test_zone_labels_of_a_volume() -> None:
    """A node of another zone is refused, one without zone labels is not; several zones are joined by two underscores."""
    bound = claim("c", "{volumeName: v}")
    for labels, fits in (
        (f"{{{ZONE}: a}}", "yes no! yes"),
        (f"{{{ZONE}: a__b}}", "yes yes yes"),
        ("{failure-domain.beta.kubernetes.io/zone: b}", "no! yes yes"),
        (f"{{{ZONE}: a__}}", "yes yes yes"),
    ):
        state = cluster(NODES, volumes=volumes(bound + volume("v", "{}", labels)))
        assert verdicts(state, using("c")) == fits
    assert reasons(cluster(NODES, volumes=volumes(bound + volume("v", "{}", f"{{{ZONE}: b}}"))), using("c"))[0] == (
        "node(s) had no available volume zone"
    )


def test_attach_limits() -> None:
    """New volumes and those attached may not exceed the limit of the driver; one that is attached counts once."""
    text = "".join(
        claim(f"c{n}", f"{{volumeName: v{n}}}") + volume(f"v{n}", f"{{csi: {{driver: d, volumeHandle: h{n}}}}}")
        for n in range(3)
    )
    text += "{kind: CSINode, metadata: {name: a}, spec: {drivers: [{name: d, allocatable: {count: 1}}, {name: e}]}}"
    state = cluster(NODES, [("a", using("c0"))], volumes(text))
    assert verdicts(state, using("c0")) == "yes yes yes"
    assert verdicts(state, using("c1")) == "no yes yes"
    assert reasons(state, using("c1"))[0] == "node(s) exceed max volume count"
    state.remove("default/e0")
    assert verdicts(state, using("c1")) == "yes yes yes"
    assert verdicts(state, using("c1", "c2")) == "no yes yes"


def test_claims_for_one_pod_only() -> None:
    """While a pod uses a ReadWriteOncePod claim no other pod may, on any node."""
    text = claim("c", "{volumeName: v, accessModes: [ReadWriteOncePod]}") + volume("v", "{}")
    state = cluster(NODES, [("a", using("c"))], volumes(text))
    assert verdicts(state, using("c")) == "no no no"
    state.remove("default/e0")
    assert verdicts(state, using("c")) == "yes yes yes"


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        ("gcePersistentDisk: {pdName: d}", "gcePersistentDisk: {pdName: d}", "no yes yes"),
        ("gcePersistentDisk: {pdName: d, readOnly: true}", "gcePersistentDisk: {pdName: d, readOnly: true}", "yes yes yes"),
        ("gcePersistentDisk: {pdName: d, readOnly: true}", "gcePersistentDisk: {pdName: d}", "no yes yes"),
        ("awsElasticBlockStore: {volumeID: d}", "awsElasticBlockStore: {volumeID: d, readOnly: true}", "no yes yes"),
        ("iscsi: {iqn: i}", "iscsi: {iqn: j}", "yes yes yes"),
        ("rbd: {monitors: [m, n], image: i}", "rbd: {monitors: [n], image: i, pool: rbd}", "no yes yes"),
        ("rbd: {monitors: [m], image: i}", "rbd: {monitors: [n], image: i}", "yes yes yes"),
    ],
)  # fmt: skip
def test_disks_named_in_pods(one: str, other: str, fits: str) -> None:
    """Two pods share a node with one disk only where both only read, and never with Amazon's."""
    state = cluster(NODES, [("a", f"{{volumes: [{{name: v, {one}}}]}}")])
    assert verdicts(state, f"{{volumes: [{{name: v, {other}}}]}}") == fits


def test_storage_that_is_no_quantity() -> None:
    """A size that cannot be read is an error at its place."""
    with pytest.raises(InputError, match=r'v\.yaml:\d+:\d+: found storage "10GB"'):
        volumes(claim("c", "{resources: {requests: {storage: 10GB}}}"))

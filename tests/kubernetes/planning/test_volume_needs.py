"""Claims in planning: pods go where their volumes are, and no node attaches more volumes than it can."""

from __future__ import annotations

import json
import random
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.cluster_reader import volumes_of
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.cluster_volumes import ClusterVolumes
from binpack.kubernetes.filters.default_profile import feasible_nodes
from binpack.kubernetes.planning.claims import claims_of, with_claims
from binpack.kubernetes.planning.given_nodes import place_on_nodes
from binpack.kubernetes.planning.node_class import ZONE, NodeClass
from binpack.kubernetes.planning.pins import left_pending, pins_of
from binpack.kubernetes.planning.planner import NodePlan, plan_nodes
from binpack.kubernetes.planning.pod_sets import PodSet, read_pod_sets
from binpack.kubernetes.planning.volume_needs import ATTACHED, with_attach_limits, with_known_limits, with_volume_needs
from binpack.workload.documents import Node, SourceText, parse_documents
from tests.kubernetes.small_clusters import HOSTNAME, silent

Object = dict[str, Any]
SEEDS = st.integers(0, 2**32)
DRIVER = "ebs.csi.aws.com"
DISKS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "disks"},
    "provisioner": DRIVER,
}
WAITING: Object = {**DISKS, "volumeBindingMode": "WaitForFirstConsumer"}


def documents(*objects: Object) -> list[Node]:
    return [d for o in objects for d in parse_documents(SourceText("objects.json", json.dumps(o)))]


def stateful_set(copies: int, claims: int = 1, **spec: object) -> Object:
    """``db``, each of whose pods claims so many disks."""
    made = {"storageClassName": "disks", "resources": {"requests": {"storage": "1Gi"}}}
    templates = [{"metadata": {"name": f"data{n}"}, "spec": made} for n in range(claims)]
    container = {"name": "c", "resources": {"requests": {"cpu": "100m"}}}
    template = {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [container], **spec}}
    given = {"replicas": copies, "template": template, "volumeClaimTemplates": templates}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"}, "spec": given}


def bound(claim: str, zone: str, key: str = "topology.ebs.csi.aws.com/zone", **labels: str) -> list[Object]:
    """A claim and its volume in a zone."""
    name, terms = f"pv-{claim}", [{"matchExpressions": [{"key": key, "operator": "In", "values": [zone]}]}]
    source = {
        "csi": {"driver": DRIVER, "volumeHandle": name},
        "nodeAffinity": {"required": {"nodeSelectorTerms": terms}},
    }
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "labels": labels},
        "spec": source,
    }
    spec = {"volumeName": name, "storageClassName": "disks"}
    return [{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": claim}, "spec": spec}, volume]


def node(name: str, zone: str, **amounts: int) -> ClusterNode:
    """One that carries the driver's label, as it does once the driver runs there."""
    labels = {HOSTNAME: name, ZONE: zone, "topology.ebs.csi.aws.com/zone": zone}
    return ClusterNode(name, {"cpu": 8000, "memory": 2**33, "pods": 110, **amounts}, labels)


def classes(zones: str, limit: int | None) -> list[NodeClass]:
    limits = {} if limit is None else {f"{ATTACHED}{DRIVER}": limit}
    return [NodeClass(node(f"type-{zone}", zone, **limits), "type") for zone in zones]


def planned(objects: list[Object], zones: str, limit: int | None) -> NodePlan:
    read = documents(*objects)
    sets = with_volume_needs(read_pod_sets(read, silent), volumes_of(read))
    return plan_nodes(*with_known_limits(sets, classes(zones, limit)), time_limit=20)


def sets_of(*objects: Object) -> tuple[tuple[PodSet, ...], ClusterVolumes]:
    read = documents(*objects)
    return read_pod_sets(read, silent), volumes_of(read)


def test_each_copy_goes_where_its_volume_is() -> None:
    """The first two copies of a StatefulSet have volumes in two zones, the third has none yet; pins bring them there."""
    objects = [stateful_set(3), WAITING, *bound("data0-db-0", "b"), *bound("data0-db-1", "c")]
    plan = planned(objects, "abc", 5)
    zones = {pod.name: n.node.labels[ZONE] for n in plan.nodes for pod in n.pods}
    assert set(zones) == {"db-0", "db-1", "db-2"}
    assert (zones["db-0"], zones["db-1"]) == ("b", "c")
    assert len(plan.nodes) == 2
    state = ClusterState([n.node for n in plan.nodes])
    for pod, on in plan.accepted.order:
        state.add(pod, on)
    pins = pins_of(plan.sets, plan.accepted.order)
    assert not left_pending(state, pins)
    assert all(pin.shared and not pin.resource and len(pin.slots) == 2 for pin in pins)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["a", "b", ""]), min_size=1, max_size=12), st.integers(1, 4))
def test_nodes_are_as_many_as_volumes_need(zones: list[str], limit: int) -> None:
    """A volume a pod, bound in a zone or not yet: as many nodes in each zone as its volumes need, and as all need."""
    objects = [stateful_set(len(zones)), WAITING]
    for n, zone in enumerate(zones):
        objects += bound(f"data0-db-{n}", zone) if zone else []
    plan = planned(objects, "ab", limit)
    least = sum(-(-zones.count(zone) // limit) for zone in "ab")
    assert len(plan.nodes) == max(least, -(-len(zones) // limit))
    assert plan.solution.status == "optimal"
    assert all(len(n.pods) <= limit for n in plan.nodes)


def test_more_volumes_than_a_node_attaches() -> None:
    """A pod with four volumes where a node attaches three is unplaced; without any known limit it is not judged."""
    plan = planned([stateful_set(1, claims=4), WAITING], "a", 3)
    assert [reasons for _, reasons in plan.unplaced] == [{f"Insufficient {ATTACHED}{DRIVER}": 1}]
    assert len(planned([stateful_set(1, claims=4), WAITING], "a", None).nodes) == 1


@given(SEEDS)
def test_affinity_is_what_the_filters_say(seed: int) -> None:
    """Random volumes with terms, zone labels and classes with topologies: the nodes that the affinity admits are those that
    the filters of volumes admit."""
    draw = random.Random(seed)
    nodes = [node(f"n{k}", draw.choice("abc")) for k in range(4)]
    topology = (
        [{"matchLabelExpressions": [{"key": ZONE, "values": draw.sample("abc", 2)}]}] if draw.random() < 0.5 else []
    )
    objects: list[Object] = [{**WAITING, "allowedTopologies": topology}]
    for n in range(2):
        key = draw.choice([ZONE, "topology.ebs.csi.aws.com/zone"])
        labels = {ZONE: draw.choice(["a", "a__b", "c"])} if draw.random() < 0.4 else {}
        objects += bound(f"data{n}-db-0", draw.choice("abc"), key, **labels) if draw.random() < 0.6 else []
    sets, volumes = sets_of(stateful_set(1, claims=2), *objects)
    state, [[pod]] = with_claims(ClusterState(nodes, None, volumes), sets, ClusterVolumes())
    [needing] = with_volume_needs(sets, volumes)
    asked = ClusterState(nodes).labels.matching(needing.template.node_affinity)
    assert asked.tolist() == feasible_nodes(state, pod).tolist()


@settings(max_examples=40)
@given(SEEDS)
def test_given_nodes_attach_as_many_as_they_can(seed: int) -> None:
    """Waiting pods with volumes of their own on nodes with limits, some in use: as many placed as any assignment places."""
    draw = random.Random(seed)
    nodes = [node(f"n{k}", "a", pods=draw.randint(2, 4)) for k in range(draw.randint(1, 3))]
    limits = {n.name: {DRIVER: draw.randint(0, 4)} for n in nodes if draw.random() < 0.8}
    sets, volumes = sets_of(stateful_set(draw.randint(0, 2)), WAITING)
    known = ClusterVolumes(classes=volumes.classes, attach_limits=limits)
    state, [standing] = with_claims(ClusterState(nodes, None, known), sets, ClusterVolumes())
    for pod in standing:
        state.add(pod, draw.choice(nodes).name)
    needs = [draw.randint(0, 3) for _ in range(draw.randint(1, 4))]
    others = [sets_of({**stateful_set(1, n), "metadata": {"name": f"w{k}"}})[0][0] for k, n in enumerate(needs)]
    state, waiting = with_claims(state, others, ClusterVolumes())
    room = [
        limits.get(n.name, {}).get(DRIVER, 99) - state.volumes_in_use.attached(DRIVER, k) for k, n in enumerate(nodes)
    ]
    slots = [n.allocatable["pods"] - int(state.resources.pods[k]) for k, n in enumerate(nodes)]
    most = max(
        sum(k >= 0 for k in chosen)
        for chosen in product(range(-1, len(nodes)), repeat=len(needs))
        if all(chosen.count(k) <= slots[k] for k in range(len(nodes)) if chosen.count(k))
        and all(
            not (used := sum(n for n, on in zip(needs, chosen, strict=True) if on == k)) or used <= room[k]
            for k in range(len(nodes))
        )
    )
    placed = place_on_nodes(state, [pod for pods in waiting for pod in pods], time_limit=20)
    assert len(placed.order) == most
    assert placed.proven


def test_claims_of_copies() -> None:
    """As the StatefulSet names them; those that are there are as they are, others take the default class; pods of an owner
    that the input lacks have their own."""
    usual = {
        **WAITING,
        "metadata": {"name": "x", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    }
    plain = stateful_set(2)
    del plain["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"]
    [pods], volumes = sets_of(plain, usual, *bound("data0-db-1", "a"))
    first, second = claims_of(pods, volumes)
    assert {name: claim.storage_class for name, claim in first.items()} == {"data0-db-0": "x"}
    assert {name: claim.volume for name, claim in second.items()} == {"data0-db-1": "pv-data0-db-1"}
    owners = [{"kind": "StatefulSet", "name": "db", "uid": "1"}]
    lone = []
    for n in range(2):
        claim = {"name": "v", "persistentVolumeClaim": {"claimName": f"data0-db-{n}"}}
        spec = {"containers": [{"name": "c"}], "volumes": [claim]}
        metadata = {"name": f"db-{n}", "ownerReferences": owners}
        lone.append({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    [pods], volumes = sets_of(*lone, *bound("data0-db-0", "a"), *bound("data0-db-1", "b"))
    assert [list(claims) for claims in claims_of(pods, volumes)] == [["data0-db-0"], ["data0-db-1"]]
    assert [part.numbers for part in with_volume_needs([pods], volumes)] == [(0,), (1,)]


def test_limits_of_csi_nodes() -> None:
    """What a CSINode says becomes a resource of its node."""
    [limited, free] = with_attach_limits([node("n", "a"), node("m", "a")], {"n": {DRIVER: 7}})
    assert limited.allocatable[f"{ATTACHED}{DRIVER}"] == 7
    assert f"{ATTACHED}{DRIVER}" not in free.allocatable

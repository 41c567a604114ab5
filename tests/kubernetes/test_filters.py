"""The verdicts measured with kube-scheduler, one by one: what fits where, and what is unresolvable (!)."""

from __future__ import annotations

import pytest

from tests.kubernetes.small_clusters import cluster, reasons, verdicts

DISKS = {"ssd": "{labels: {disk: ssd, gen: 7}}", "none": "{labels: {gen: x}}", "hdd": "{labels: {disk: hdd, gen: 10}}"}
ZONES = {"a1": "{labels: {zone: a}}", "a2": "{labels: {zone: a}}", "b1": "{labels: {zone: b}}", "x": "{}"}
W = "{labels: {app: w}}"
SELECT_W = "labelSelector: {matchLabels: {app: w}}"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def node_affinity(terms: str) -> str:
    return f"{{affinity: {{nodeAffinity: {{{REQUIRED}: {{nodeSelectorTerms: {terms}}}}}}}}}"


def between(kind: str, terms: str, labels: str = "{app: w}") -> str:
    return f"{{labels: {labels}, affinity: {{{kind}: {{{REQUIRED}: {terms}}}}}}}"


@pytest.mark.parametrize(
    ("wanted", "fits"), [("{}", "yes"), ("{requests: {memory: 1Mi}}", "yes"), ("{requests: {cpu: 1m}}", "no")]
)
def test_only_what_is_requested_is_looked_at(wanted: str, fits: str) -> None:
    """A node that holds twice its CPU still takes pods that request none."""
    assert verdicts(cluster({"n": "{allocatable: {cpu: 1}}"}, [("n", "{requests: {cpu: 2}}")]), wanted) == fits


def test_all_lacking_resources_are_reported_together() -> None:
    """Pod slots, CPU and memory lack at once; memory above the whole node makes it unresolvable."""
    state = cluster({"n": "{allocatable: {pods: 1, cpu: 1}}"}, [("n", "{requests: {cpu: 1}}")])
    wanted = "{requests: {cpu: 500m, memory: 20Gi}}"
    assert reasons(state, wanted) == ["Too many pods, Insufficient cpu, Insufficient memory"]
    assert verdicts(state, wanted) == "no!"


@pytest.mark.parametrize(
    ("terms", "fits"),
    [
        ("[{matchExpressions: [{key: disk, operator: In, values: [ssd, nvme]}]}]", "yes no! no!"),
        ("[{matchExpressions: [{key: disk, operator: NotIn, values: [ssd]}]}]", "no! yes yes"),
        ("[{matchExpressions: [{key: disk, operator: Exists}]}]", "yes no! yes"),
        ("[{matchExpressions: [{key: disk, operator: DoesNotExist}]}]", "no! yes no!"),
        ("[{matchExpressions: [{key: gen, operator: Gt, values: ['7']}]}]", "no! no! yes"),
        ("[{matchExpressions: [{key: gen, operator: Lt, values: ['8']}]}]", "yes no! no!"),
        ("[{}]", "no! no! no!"),
        ("[{matchFields: [{key: metadata.name, operator: NotIn, values: [hdd]}]}]", "yes yes no!"),
        ("[{matchFields: [{key: metadata.name, operator: In, values: [hdd]}]}]", "no no yes"),
        (
            "[{matchExpressions: [{key: gen, operator: Gt, values: [x]}]}, "
            "{matchExpressions: [{key: disk, operator: Exists}]}]",
            "yes no! yes",
        ),
    ],
)
def test_node_affinity(terms: str, fits: str) -> None:
    """Terms are alternatives; NotIn and DoesNotExist hold without the label; a broken or an empty term matches nothing."""
    assert verdicts(cluster(DISKS), node_affinity(terms)) == fits


def test_terms_that_contradict_themselves() -> None:
    """A term that names two different nodes at once keeps the pod from all nodes, before any filter."""
    fields = "[{key: metadata.name, operator: In, values: [%s]}, {key: metadata.name, operator: In, values: [%s]}]"
    text = node_affinity(f"[{{matchFields: {fields % ('ssd', 'hdd')}}}]")
    assert reasons(cluster(DISKS), text) == ["pod affinity terms conflict"] * 3


TAINTED = {
    "plain": "{}",
    "a": "{taints: [{key: a, value: '1', effect: NoSchedule}]}",
    "ab": "{taints: [{key: a, value: '1', effect: NoExecute}, {key: b, effect: NoSchedule}]}",
    "soft": "{taints: [{key: a, value: '1', effect: PreferNoSchedule}]}",
    "cordoned": "{unschedulable: true}",
}


@pytest.mark.parametrize(
    ("tolerations", "fits"),
    [
        ("[]", "yes no! no! yes no!"),
        ("[{key: a, value: '1'}]", "yes yes no! yes no!"),
        ("[{key: a, operator: Exists, effect: NoSchedule}]", "yes yes no! yes no!"),
        ("[{operator: Exists}]", "yes yes yes yes yes"),
        ("[{value: '1'}]", "yes yes no! yes no!"),
    ],
)
def test_taints(tolerations: str, fits: str) -> None:
    """A toleration without effect is for all effects, without key for all keys; Exists alone tolerates even the cordon."""
    assert verdicts(cluster(TAINTED), f"{{tolerations: {tolerations}}}") == fits


def test_the_first_taint_is_named() -> None:
    """The reason has the first taint, in the node's order, that is not tolerated."""
    assert (
        reasons(cluster(TAINTED), "{tolerations: [{key: a, value: '1'}]}")[2] == "node(s) had untolerated taint {b: }"
    )
    assert reasons(cluster(TAINTED), "{}")[2] == "node(s) had untolerated taint {a: 1}"


@pytest.mark.parametrize(
    ("port", "fits"),
    [
        ("{hostPort: 80, hostIP: 10.0.0.2}", "yes no yes"), ("{hostPort: 80}", "no no yes"),
        ("{hostPort: 80, hostIP: 10.0.0.1}", "no no yes"), ("{hostPort: 80, protocol: UDP, hostIP: 10.0.0.2}", "yes yes no"),
    ],
)  # fmt: skip
def test_host_ports(port: str, fits: str) -> None:
    """Ports conflict on overlapping addresses; protocols are apart."""
    taken = ["{hostPort: 80, hostIP: 10.0.0.1}", "{hostPort: 80, hostIP: 0.0.0.0}", "{hostPort: 80, protocol: UDP}"]
    pods = [(f"n{k}", f"{{containers: [{{ports: [{text}]}}]}}") for k, text in enumerate(taken)]
    state = cluster({"n0": "{}", "n1": "{}", "n2": "{}"}, pods)
    assert verdicts(state, f"{{containers: [{{ports: [{port}]}}]}}") == fits


def test_ports_of_pods_on_the_network_of_the_host() -> None:
    """With hostNetwork a container port is a port of the host; a port of an ordinary pod is not."""
    ports = "containers: [{ports: [{containerPort: 8080}]}]"
    state = cluster({"host": "{}", "pod": "{}"}, [("host", f"{{hostNetwork: true, {ports}}}"), ("pod", f"{{{ports}}}")])
    assert verdicts(state, f"{{hostNetwork: true, {ports}}}") == "no yes"


def test_ports_of_init_containers() -> None:
    """A sidecar's port is taken, that of an ordinary init container is not."""
    port = "ports: [{containerPort: 80, hostPort: 80}]"
    main = "containers: [{name: c}]"
    state = cluster(
        {"init": "{}", "sidecar": "{}"},
        [
            ("init", f"{{{main}, initContainers: [{{{port}}}]}}"),
            ("sidecar", f"{{{main}, initContainers: [{{{port}, restartPolicy: Always}}]}}"),
        ],
    )
    assert verdicts(state, f"{{containers: [{{{port}}}]}}") == "yes no"


ANTI_ZONE = f"[{{topologyKey: zone, {SELECT_W}}}]"


@pytest.mark.parametrize(("place", "fits"), [("a1", "no no yes yes"), ("x", "yes yes yes yes")])
def test_anti_affinity_of_a_pod_in_place(place: str, fits: str) -> None:
    """It forbids its domain to the pods it selects; from a node without the label it forbids nothing."""
    state = cluster(ZONES, [(place, between("podAntiAffinity", ANTI_ZONE, "{app: db}"))])
    assert verdicts(state, W) == fits
    assert set(reasons(state, W)) <= {"", "node(s) didn't satisfy existing pods anti-affinity rules"}


@pytest.mark.parametrize(("selector", "fits"), [("", "yes yes yes yes"), (", labelSelector: {}", "no no yes yes")])
def test_anti_affinity_without_and_with_an_empty_selector(selector: str, fits: str) -> None:
    """No selector selects nothing; the empty one every pod of the namespace. A node without the label passes."""
    state = cluster(ZONES, [("a1", "{labels: {app: other}}"), ("b1", "{namespace: b}")])
    assert verdicts(state, between("podAntiAffinity", f"[{{topologyKey: zone{selector}}}]")) == fits


@pytest.mark.parametrize(
    ("more", "fits"),
    [
        ("", "yes yes yes yes"),
        (", namespaces: [b]", "no no yes yes"),
        (", namespaceSelector: {matchLabels: {team: b}}", "no no yes yes"),
        (", namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: b}}", "no no yes yes"),
        (", namespaceSelector: {}", "no no yes yes"),
        (", namespaces: [c], namespaceSelector: {matchLabels: {team: c}}", "yes yes yes yes"),
    ],
)
def test_namespaces_of_a_term(more: str, fits: str) -> None:
    """A term looks at its own namespace, or at those named and those selected together; {} selects all."""
    state = cluster(ZONES, [("a1", "{namespace: b, labels: {app: w}}")])
    assert verdicts(state, between("podAntiAffinity", f"[{{topologyKey: zone, {SELECT_W}{more}}}]")) == fits


def test_label_keys_of_a_term() -> None:
    """matchLabelKeys narrow a term to pods with the pod's own value, mismatchLabelKeys to the others."""
    state = cluster(ZONES, [("a1", "{labels: {app: w, hash: '1'}}"), ("b1", "{labels: {app: w, hash: '2'}}")])
    for kind, fits in (("matchLabelKeys", "no no yes yes"), ("mismatchLabelKeys", "yes yes no yes")):
        terms = f"[{{topologyKey: zone, {SELECT_W}, {kind}: [hash]}}]"
        assert verdicts(state, between("podAntiAffinity", terms, "{app: w, hash: '1'}")) == fits


def test_affinity_to_itself() -> None:
    """The first replica may start on any node with the label, the second is tied to its zone; others never start."""
    own = between("podAffinity", f"[{{topologyKey: zone, {SELECT_W}}}]")
    assert verdicts(cluster(ZONES), own) == "yes yes yes no!"
    assert verdicts(cluster(ZONES, [("b1", own)]), own) == "no! no! yes no!"
    assert verdicts(cluster(ZONES), own.replace("labels: {app: w}", "labels: {app: z}", 1)) == "no! no! no! no!"
    assert verdicts(cluster(ZONES, [("x", own)]), own) == "yes yes yes no!"  # on no node with the label: nobody counts


def test_affinity_terms_are_matched_by_one_pod() -> None:
    """Two terms that different pods match in zone a do not hold there; one pod that matches both makes b fit."""
    pods = [("a1", "{labels: {app: w}}"), ("a2", "{labels: {tier: f}}"), ("b1", "{labels: {app: w, tier: f}}")]
    terms = f"[{{topologyKey: zone, {SELECT_W}}}, {{topologyKey: zone, labelSelector: {{matchLabels: {{tier: f}}}}}}]"
    assert verdicts(cluster(ZONES, pods), between("podAffinity", terms, "{}")) == "no! no! yes no!"


def test_affinity_is_not_symmetric() -> None:
    """A pod in place that wants others near keeps none of them elsewhere."""
    wants = between("podAffinity", f"[{{topologyKey: zone, {SELECT_W}}}]", "{app: db}")
    assert verdicts(cluster(ZONES, [("a1", wants)]), W) == "yes yes yes yes"


def test_surge_of_a_rollout_that_hosts_keep_apart() -> None:
    """Three replicas on three hosts of their own: the surge pod is refused on each."""
    apart = between("podAntiAffinity", f"[{{topologyKey: kubernetes.io/hostname, {SELECT_W}}}]")
    nodes = {"n0": "{}", "n1": "{}", "n2": "{}"}
    assert verdicts(cluster(nodes, [(name, apart) for name in nodes]), apart) == "no no no"


def test_node_name_and_gates() -> None:
    """A pod that names its node fits no other; one with gates is not tried at all."""
    assert verdicts(cluster(DISKS), "{nodeName: hdd}") == "no! no! yes"
    assert verdicts(cluster(DISKS), "{nodeName: gone}") == "no! no! no!"
    assert set(reasons(cluster(DISKS), "{schedulingGates: [{name: g}]}")) == {"waiting for scheduling gates: [g]"}


def test_resources_by_name() -> None:
    """Devices and huge pages are counted; an amount of 0, and names that the scheduler does not count, are not asked for."""
    state = cluster(
        {"gpu": "{allocatable: {nvidia.com/gpu: 2}}", "bare": "{}"}, [("gpu", "{requests: {nvidia.com/gpu: 1}}")]
    )
    assert verdicts(state, "{requests: {nvidia.com/gpu: 1}}") == "yes no!"
    assert verdicts(state, "{requests: {nvidia.com/gpu: 2}}") == "no no!"
    assert verdicts(state, "{requests: {nvidia.com/gpu: 0, pods: 7}}") == "yes yes"
    assert reasons(state, "{requests: {hugepages-2Mi: 2Mi}}") == ["Insufficient hugepages-2Mi"] * 2


def test_more_kinds_of_devices_than_an_integer_has_bits() -> None:
    """Every lacking resource is named, however many there are."""
    asked = ", ".join(f"example.com/device-{number:03}: 1" for number in range(70))
    assert reasons(cluster({"n": "{}"}), f"{{requests: {{{asked}}}}}")[0].count("Insufficient") == 70


def test_a_cluster_without_nodes() -> None:
    """There is nothing to refuse."""
    assert verdicts(cluster({}), W) == ""

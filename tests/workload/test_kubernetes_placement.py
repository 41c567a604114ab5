"""Placement rules: separate hosts, apart, together, host ports, and what is only noted."""

from __future__ import annotations

from pathlib import Path

import pytest

from binpack.workload.application import Placement
from binpack.workload.documents import SourceText, parse_documents, read_text
from binpack.workload.kubernetes import read_kubernetes
from binpack.workload.workload import Workload

ZOOKEEPER = Path(__file__).resolve().parents[2] / "../shared/data/manifests/kubernetes-docs/zookeeper.yaml"
HOST = "kubernetes.io/hostname"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
APART, TOGETHER = "podAntiAffinity", "podAffinity"


def app(name: str, rules: str = "", namespace: str = "default", kind: str = "Deployment", container: str = "") -> str:
    return (
        f"---\napiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: {namespace}}}\n"
        f"spec: {{template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{{rules}{', ' if rules else ''}"
        f"containers: [{{name: c{container}}}]}}}}}}\n"
    )


def term(kind: str, selects: str, key: str = HOST, more: str = "") -> str:
    selector = f"labelSelector: {{matchLabels: {{app: {selects}}}}}"
    return f"affinity: {{{kind}: {{{REQUIRED}: [{{topologyKey: {key}, {selector}{more}}}]}}}}"


def read(*texts: str) -> Workload:
    return read_kubernetes(parse_documents(SourceText("f.yaml", "".join(texts))), "test")


def placements(*texts: str) -> dict[str, Placement]:
    return {application.key: application.placement for application in read(*texts).applications}


def test_anti_affinity_to_itself_means_separate_hosts() -> None:
    """Required anti-affinity by hostname that selects the pod's own labels allows one copy a host."""
    found = placements(app("a", term(APART, "a")), app("b"))
    assert found["default/a"] == Placement(max_per_host=1)
    assert found["default/b"] == Placement()


def test_anti_affinity_to_others_holds_both_ways_in_the_right_namespaces() -> None:
    """Only pods of the term's namespaces are meant, and the rule binds the other side too."""
    found = placements(app("a", term(APART, "b")), app("b"), app("b", namespace="other"))
    assert found["default/a"].apart_from == ("default/b",)
    assert found["default/b"].apart_from == ("default/a",)
    assert found["other/b"].apart_from == ()


@pytest.mark.parametrize(
    ("more", "apart"),
    [
        (", namespaces: [other]", {"other/b"}), (", namespaceSelector: {}", {"default/b", "other/b", "third/b"}),
        (", namespaceSelector: {matchLabels: {team: x}}", {"third/b"}),
        (", namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}", {"other/b"}),
        (", namespaces: [default], namespaceSelector: {matchLabels: {team: x}}", {"default/b", "third/b"}),
    ],
)  # fmt: skip
def test_namespaces_of_a_term(more: str, apart: set[str]) -> None:
    """A term means the namespaces it names and those its selector matches, together."""
    namespace = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: third, labels: {team: x}}\n"
    everyone = (app("b"), app("b", namespace="other"), app("b", namespace="third"))
    found = placements(app("a", term(APART, "b", more=more)), *everyone, namespace)
    assert set(found["default/a"].apart_from) == apart


def test_match_label_keys_narrow_the_selector() -> None:
    """matchLabelKeys adds the pod's own value for a label, mismatchLabelKeys forbids it."""
    rule = f"affinity: {{podAntiAffinity: {{{REQUIRED}: [{{topologyKey: {HOST}, labelSelector: {{}}, MORE}}]}}}}"
    same = placements(app("a", rule.replace("MORE", "matchLabelKeys: [app]")), app("b"))["default/a"]
    other = placements(app("a", rule.replace("MORE", "mismatchLabelKeys: [app]")), app("b"))["default/a"]
    assert (same.max_per_host, same.apart_from) == (1, ())
    assert (other.max_per_host, other.apart_from) == (None, ("default/b",))


def test_affinity_binds_the_one_that_declares_it() -> None:
    """Required affinity by hostname to one other application keeps the declarer with it, not the other way round."""
    found = placements(app("a", term(TOGETHER, "b")), app("b"))
    assert found["default/a"].together_with == ("default/b",)
    assert found["default/b"] == Placement()


def test_affinity_to_an_agent_needs_no_rule_and_to_nobody_a_warning() -> None:
    """An agent is on every host; a selector that no pod matches can never be met, which is said."""
    agent = placements(app("a", term(TOGETHER, "b")), app("b", kind="DaemonSet"))["default/a"]
    assert agent == Placement()
    workload = read(app("a", term(TOGETHER, "nobody")))
    assert any("app=nobody" in note and "would not schedule it" in note for note in workload.notes)


def test_other_topologies_and_wishes_are_notes() -> None:
    """Zones, spread constraints and persistent volumes are not applied, and each is said."""
    rules = (
        term(APART, "a", key="topology.kubernetes.io/zone")
        + f", topologySpreadConstraints: [{{maxSkew: 2, topologyKey: {HOST}, whenUnsatisfiable: DoNotSchedule}}]"
        + ", volumes: [{name: data, persistentVolumeClaim: {claimName: x}}]"
    )
    placement = placements(app("a", rules))["default/a"]
    assert (placement.max_per_host, placement.apart_from) == (None, ())
    for words in (
        "by topology.kubernetes.io/zone",
        "spread over kubernetes.io/hostname with a skew of at most 2",
        "data",
    ):
        assert any(words in note for note in placement.notes)


def port(text: str) -> str:
    return f", ports: [{{{text}}}]"


@pytest.mark.parametrize(
    ("one", "two", "conflict"),
    [
        ("hostPort: 80", "hostPort: 80", True), ("hostPort: 80", "hostPort: 81", False),
        ("hostPort: 80", "hostPort: 80, protocol: UDP", False), ("hostPort: 80, hostIP: 10.0.0.1", "hostPort: 80", True),
        ("hostPort: 80, hostIP: 10.0.0.1", "hostPort: 80, hostIP: 10.0.0.2", False),
        ("hostPort: 80, hostIP: 0.0.0.0", "hostPort: 80, hostIP: 10.0.0.2", True),
        ("hostPort: 80", "containerPort: 80", False),
    ],
)  # fmt: skip
def test_host_ports(one: str, two: str, conflict: bool) -> None:
    """The same protocol and port on overlapping addresses keeps applications apart, and copies on separate hosts."""
    found = placements(app("a", container=port(one)), app("b", container=port(two)))
    assert found["default/a"].max_per_host == 1
    assert found["default/a"].apart_from == (("default/b",) if conflict else ())
    assert found["default/b"].apart_from == (("default/a",) if conflict else ())


def test_host_network_makes_container_ports_host_ports() -> None:
    """With hostNetwork every container port is a port of the host; against an ordinary pod there is no conflict."""
    network = "hostNetwork: true"
    two = placements(
        app("a", network, container=port("containerPort: 8080")),
        app("b", network, container=port("containerPort: 8080")),
    )
    assert two["default/a"] == Placement(max_per_host=1, apart_from=("default/b",))
    mixed = placements(
        app("a", network, container=port("containerPort: 8080")), app("b", container=port("containerPort: 8080"))
    )
    assert mixed["default/a"] == Placement(max_per_host=1)


def test_ordinary_init_containers_hold_no_host_port_and_sidecars_do() -> None:
    """Only what keeps running holds a port of the host."""
    init = "initContainers: [{name: i, ports: [{hostPort: 80}]MORE}]"
    assert placements(app("a", init.replace("MORE", "")))["default/a"].max_per_host is None
    assert placements(app("a", init.replace("MORE", ", restartPolicy: Always")))["default/a"].max_per_host == 1


def test_conflict_with_an_agent_is_a_warning_not_a_rule() -> None:
    """An agent is on every host, so a conflict with it would leave no host: it is said instead."""
    workload = read(
        app("a", container=port("hostPort: 9100")), app("b", kind="DaemonSet", container=port("hostPort: 9100"))
    )
    assert all(a.placement.apart_from == () for a in workload.applications)
    assert any("port 9100/TCP of the host is also taken by default/a" in note for note in workload.notes)


@pytest.mark.skipif(not ZOOKEEPER.is_file(), reason="no ../shared/data/manifests beside the checkout")
def test_zookeepers_mistake_is_warned_of() -> None:
    """Its anti-affinity selects a label that its own pods lack: the rule has no effect, and the reader says so."""
    workload = read_kubernetes(parse_documents(read_text(ZOOKEEPER)), "zookeeper")
    (zookeeper,) = workload.applications
    assert zookeeper.placement.max_per_host is None
    assert any("app=zk" in note and "no effect" in note for note in workload.notes)

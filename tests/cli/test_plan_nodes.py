"""``binpack plan --zones`` and ``--nodes`` as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from binpack_solvers.constructions import load_kernels

from binpack.cli.main import main

SCHEMAS = Path(__file__).resolve().parents[2] / "binpack" / "cli" / "schemas"
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
ZONE = "topology.kubernetes.io/zone"


@pytest.fixture(autouse=True, scope="module")
def kernels() -> None:
    """Compiled before any time limit."""
    load_kernels()


def deployment(name: str, replicas: int, cpu: str, **spec: object) -> dict[str, object]:
    """A Deployment of pods labelled ``app: name``."""
    container = {"name": "c", "resources": {"requests": {"cpu": cpu}}}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container], **spec}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "template": template},
    }


def apart_by(key: str, name: str) -> dict[str, object]:
    """Required anti-affinity to pods of that name."""
    term = {"topologyKey": key, "labelSelector": {"matchLabels": {"app": name}}}
    return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def node(name: str, cpu: str, zone: str) -> dict[str, object]:
    """A Node."""
    labels = {"kubernetes.io/hostname": name, ZONE: zone}
    allocatable = {"cpu": cpu, "memory": "8Gi", "pods": "110"}
    metadata = {"name": name, "labels": labels}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "status": {"allocatable": allocatable}}


def written(path: Path, *objects: dict[str, object]) -> str:
    """A List of the objects as a file."""
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))
    return str(path)


def test_new_nodes_keep_the_rules_and_say_in_which_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Four copies that no host shares take four nodes, though one would hold them; JSON gives pods in their order."""
    file = written(tmp_path / "a.json", deployment("web", 4, "1", affinity=apart_by("kubernetes.io/hostname", "web")))
    assert main(["plan", file, "--zones", "a,b", "--system-pods", "none", "--format", "json", "-q"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "node_plan.json").read_text()))
    assert (found["status"], len(found["nodes"]), found["lower_bound"]) == ("optimal", 4, 4)
    assert sorted(entry["pod"] for entry in found["order"]) == [f"default/web-{n}" for n in range(4)]
    assert len({entry["node"] for entry in found["order"]}) == 4
    assert {n["labels"][ZONE] for n in found["nodes"]} == {"a", "b"}


@pytest.mark.parametrize(("spare", "nodes", "failures"), [("1", 4, 4), ("zone", 5, 3)])
def test_spares_are_planned_and_said(
    spare: str, nodes: int, failures: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three pods that fill a node each: what may fail, how often it was tried, and the worst of it."""
    file = written(tmp_path / "a.json", deployment("web", 3, "14"))
    words = ["plan", file, "--zones", "3", "--system-pods", "none", "--spare", spare, "-q"]
    assert main([*words, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "node_plan.json").read_text()))
    assert (found["status"], len(found["nodes"]), found["lower_bound"]) == ("optimal", nodes, nodes)
    survival = found["survival"]
    assert (survival["survives"], survival["failures"], survival["pending"]) == (True, failures, [])
    assert survival["worst"]["moved"] > 0
    assert main(words) == 0
    assert "survives the loss of any one" in capsys.readouterr().out


def test_what_a_failure_leaves_pending_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Copies that no two of share a zone, one in each: exit 1, with the scheduler's words."""
    file = written(tmp_path / "a.json", deployment("web", 2, "1", affinity=apart_by(ZONE, "web")))
    words = ["plan", file, "--zones", "a,b", "--system-pods", "none", "--spare", "zone"]
    assert main([*words, "--time-limit", "2", "-q"]) == 1
    text = " ".join(capsys.readouterr().out.split())
    assert "does not survive the loss of any one zone" in text
    assert "without zone a default/web stays pending:" in text
    assert "didn't match pod anti-affinity rules" in text


def test_a_cluster_runs_something_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Agents of the machines' provider on every node and its DNS are planned too, and said; not what the input brings."""
    dns = deployment("coredns", 1, "1")
    file = written(tmp_path / "a.json", deployment("web", 2, "1"), dns)
    words = ["plan", file, "--zones", "a", "--machines", "m5.large", "--format", "json", "-q"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    for each in found["nodes"]:
        names = {pod["name"].rpartition("-")[0] for pod in each["pods"]}
        assert {"kube-system/aws-node", "kube-system/kube-proxy"} <= names
    assert not any("kube-system/coredns" in pod["pod"] for pod in found["order"])
    assert any(text.startswith("kube-system/aws-node on every node, 0.05 CPU: aws/") for text in found["assumed"])


def test_prefix_delegation_makes_room_for_pods(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An m5.large has 29 addresses for pods, or 110 where prefixes are delegated: one node in the place of four."""
    file = written(tmp_path / "a.json", deployment("web", 90, "1m"))
    words = ["plan", file, "--zones", "a", "--machines", "m5.large", "--minimum-nodes", "1", "--system-pods", "none"]
    for more, nodes in (([], 4), (["--prefix-delegation"], 1)):
        assert main([*words, *more, "--format", "json", "-q"]) == 0
        assert len(json.loads(capsys.readouterr().out)["nodes"]) == nodes
    assert main(["plan", file, "--zones", "a", "--prefix-delegation"]) == 2
    assert "no machine of AWS" in capsys.readouterr().err


def test_what_no_node_takes_is_named_and_the_rest_planned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A selector that no node matches: exit 1, the scheduler's own words, and a plan for the others."""
    fussy = deployment("fussy", 2, "1", nodeSelector={"disk": "ssd"})
    file = written(tmp_path / "a.json", fussy, deployment("web", 2, "1"))
    assert main(["plan", file, "--zones", "3", "--system-pods", "none", "-q"]) == 1
    text = capsys.readouterr().out
    assert "2 pods on 3 nodes (proven: nothing smaller exists); 2 pods unplaced" in text
    assert "default/fussy x 2: 0/3 kinds of nodes are available: 3 node(s) didn't match Pod's node" in text


def test_waiting_pods_are_placed_where_the_default_scheduler_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Spreading small pods first leaves no room for the large one: by choosing nodes, all of them are placed."""
    nodes = [node("n1", "4", "a"), node("n2", "4", "b")]
    file = written(tmp_path / "a.json", deployment("small", 2, "1"), deployment("large", 1, "4"))
    cluster = written(tmp_path / "nodes.json", *nodes)
    assert main(["plan", file, "--nodes", cluster, "--format", "json", "-q"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "placement.json").read_text()))
    assert found["proven"]
    assert len(found["order"]) == 3
    assert [each["pod"] for each in found["default_scheduler"] if each["node"] is None] == ["default/large-0"]


def test_pending_pods_have_the_schedulers_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pods in place stay; one that does not fit beside them is pending with a count for each reason, exit 1."""
    standing = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "there"},
        "spec": {"nodeName": "n1", "containers": [{"name": "c", "resources": {"requests": {"cpu": "3"}}}]},
    }
    cluster = written(tmp_path / "nodes.json", node("n1", "4", "a"), standing)
    file = written(tmp_path / "a.json", deployment("web", 2, "1"))
    assert main(["plan", file, "--nodes", cluster, "-q"]) == 1
    text = capsys.readouterr().out
    assert "1 of 2 waiting pods placed on 1 node" in text
    assert "pending  default/web: 0/1 nodes are available: 1 Insufficient cpu." in text


def test_a_fleet_is_held_against_the_cheapest_one_of_its_types(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four half-empty nodes with a daemon each, which the controller made for its node: three of them are enough, and the
    daemon runs on each of these."""

    def pod(name: str, on: str, owner: str, cpu: str, **spec: object) -> dict[str, object]:
        container = {"name": "c", "resources": {"requests": {"cpu": cpu}}}
        owners = [{"apiVersion": "apps/v1", "kind": owner, "name": name.partition("-")[0], "uid": "1"}]
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "ownerReferences": owners},
            "spec": {"nodeName": on, "containers": [container], **spec},
        }

    def named(on: str) -> dict[str, object]:
        terms = [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": [on]}]}]
        return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}

    nodes = [node(f"n{k}", "4", "abcd"[k]) for k in range(4)]
    for each in nodes:
        each["metadata"]["labels"]["node.kubernetes.io/instance-type"] = "m5.xlarge"  # type: ignore[index]
    web = [pod(f"web-{k}", f"n{k}", "ReplicaSet", "1") for k in range(4)]
    agents = [pod(f"agent-{k}", f"n{k}", "DaemonSet", "100m", affinity=named(f"n{k}")) for k in range(4)]
    cluster = written(tmp_path / "cluster.json", *nodes, *web, *agents)
    assert main(["plan", "--nodes", cluster, "--compare-current", "--format", "json", "-q"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "node_plan.json").read_text()))
    now = found["current"]
    assert (now["nodes"], now["by_type"], now["cost_per_month"]) == (4, {"m5.xlarge": 4}, 560.64)
    assert (now["total_per_month"], found["cluster_fee_per_month"]) == (633.64, 73)
    assert [(each["namespace"], each["cost_per_month"]) for each in now["namespaces"]] == [("default", 560.64)]
    assert (found["status"], len(found["nodes"])) == ("optimal", 3)
    assert found["cost_per_month"] == found["cost_lower_bound_per_month"] == 420.48
    assert sum(entry["pod"].startswith("default/agent") for entry in found["order"]) == 3
    assert main(["plan", "--nodes", cluster, "--compare-current", "-q"]) == 0
    assert "cluster runs on 4 nodes, $634 a month; 3 suffice, $493, 22% less" in capsys.readouterr().out


def test_a_stack_is_placed_on_a_swarm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nodes as docker prints them: Swarm's own spread, its words for what waits, exit 1; without a stack, or with what is
    Kubernetes' alone, exit 2."""

    def swarm_node(name: str) -> dict[str, object]:
        resources = {"NanoCPUs": 2 * 10**9, "MemoryBytes": 2**32}
        return {"ID": name, "Spec": {"Role": "worker"}, "Description": {"Hostname": name, "Resources": resources}}

    nodes = tmp_path / "swarm.json"
    nodes.write_text(json.dumps([swarm_node("a"), swarm_node("b")]))
    stack = tmp_path / "shop.yaml"
    reserved = "deploy: {replicas: 3, resources: {reservations: {cpus: '1.5'}}}"
    stack.write_text(f"services:\n  web: {{image: web, {reserved}}}\n")
    assert main(["plan", str(stack), "--nodes", str(nodes), "--format", "json", "-q"]) == 1
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "swarm.json").read_text()))
    assert [(p["node"], p["tasks"]) for p in found["placements"]] == [("a", 1), ("b", 1)]
    assert main(["plan", str(stack), "--nodes", str(nodes), "-q"]) == 1
    assert "shop_web: 1 task: no suitable node (insufficient resources on 2 nodes)" in capsys.readouterr().out
    assert main(["plan", "--nodes", str(nodes), "-q"]) == 2
    assert "but no stack" in capsys.readouterr().err
    for option in ("--preempt", "--move-running"):
        assert main(["plan", str(stack), "--nodes", str(nodes), option, "-q"]) == 2
        assert f"{option}: found the nodes of a swarm" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["plan"], "one of --era, --zones and --nodes"),
        (["plan", "--era", "containers", "--zones", "a"], "one of --era, --zones and --nodes"),
        (["plan", "--zones", "a,a"], "different names such as a,b,c"),
        (["plan", "--zones", "0"], "1 to 26 zones"),
        (["plan", "--nodes", "train_ticket"], "no Node object"),
        (["plan", "--zones", "a", "--compare-current"], "the cluster as a file"),
        (["plan", "--zones", "a", "--spare", "zone"], "nodes in two zones at least"),
        (["plan", "--zones", "a,b", "--spare", "1", "--pin", "pins"], "find no other when these fail"),
        (["plan", "--era", "containers", "--spare", "zone"], "a number of machines"),
        (["plan", "--nodes", "train_ticket", "--spare", "1"], "neither --zones nor --compare-current"),
    ],
)
def test_bad_words_are_one_line_and_exit_2(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be meant is said in one line."""
    assert main(words) == 2
    said = capsys.readouterr().err.strip()
    assert message in said
    assert len(said.splitlines()) == 1


@pytest.mark.skipif(not (DATA / "manifests").is_dir(), reason="shared/data/manifests is absent")
@pytest.mark.parametrize("name", ["sock-shop.yaml", "online-boutique.yaml", "kube-prometheus.yaml", "guestbook.yaml"])
def test_real_manifests_are_planned(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Three zones of the default node: everything has a place, proven."""
    assert main(["plan", str(DATA / "manifests" / name), "--zones", "a,b,c", "-q"]) == 0
    assert "proven: nothing smaller exists" in capsys.readouterr().out


def running(name: str, on: str, cpu: str, priority: int) -> dict[str, object]:
    """A Pod on a node."""
    container = {"name": "c", "resources": {"requests": {"cpu": cpu}}}
    metadata = {"name": name, "namespace": "default", "labels": {"app": name}}
    spec = {"nodeName": on, "priority": priority, "containers": [container]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def test_evictions_are_said_and_made_where_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without ``--preempt`` what the default scheduler would evict is said beside the answer; with it fewer go."""
    pods = [running("small", "n1", "1", 0), running("large", "n2", "3", 0), running("other", "n2", "1", 0)]
    cluster = written(tmp_path / "c.json", node("n1", "2", "a"), node("n2", "4", "a"), *pods)
    file = written(tmp_path / "m.json", deployment("web", 1, "2", priority=9))
    command = ["plan", file, "--nodes", cluster, "-q"]
    assert main(command) == 1
    text = capsys.readouterr().out
    assert "the default scheduler alone places 1 and evicts 1" in text
    assert "  on n1 for default/web-0: default/small" in text.splitlines()
    assert main([*command, "--preempt"]) == 0
    assert "  on n1: default/small" in capsys.readouterr().out.splitlines()
    assert main([*command, "--preempt", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "placement.json").read_text()))
    assert found["evicted"] == [{"pod": "default/small", "node": "n1", "breaks_budget": False}]
    assert found["order"] == [{"pod": "default/web-0", "node": "n1"}]
    assert found["default_scheduler"] == [{"pod": "default/web-0", "node": "n1", "evicts": ["default/small"]}]
    assert main([*command, "--preempt", "--format", "csv"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["default/small,", "default/web-0,n1"]
    assert main(["plan", file, "--zones", "a", "--preempt"]) == 2
    assert "--preempt" in capsys.readouterr().err

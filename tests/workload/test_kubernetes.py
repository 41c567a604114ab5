"""Reading Kubernetes objects: kinds, copies, sizes, what is left out, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from binpack.errors import InputError
from binpack.workload.application import Application
from binpack.workload.documents import SourceText, parse_documents, read_text
from binpack.workload.kubernetes import is_kubernetes, read_kubernetes
from binpack.workload.workload import Workload

MANIFESTS = Path(__file__).resolve().parents[2] / "../shared/data/manifests"
FILES = sorted(MANIFESTS.rglob("*.y*ml*")) if MANIFESTS.is_dir() else []
GIB = 1 << 30
POD = "{metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i:1, resources: {requests: {cpu: 1}}}]}}"


def read(*texts: str) -> Workload:
    documents = [d for k, text in enumerate(texts) for d in parse_documents(SourceText(f"f{k}.yaml", text))]
    assert all(map(is_kubernetes, documents))
    return read_kubernetes(documents, "test")


def deployment(name: str = "web", replicas: str = "2", kind: str = "Deployment", version: str = "apps/v1") -> str:
    head = f"---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}}}\n"
    return f"{head}spec:\n  replicas: {replicas}\n  template: {POD}\n"


def only(workload: Workload) -> Application:
    (application,) = workload.applications
    return application


def test_deployment_in_full() -> None:
    """Copies, requests, limits, containers, labels, group and place come from the object."""
    text = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  template:
    metadata: {labels: {app: web}}
    spec:
      nodeSelector: {kubernetes.io/os: windows, kubernetes.io/arch: arm64, disk: ssd}
      containers:
      - name: a
        image: a:1
        resources: {requests: {cpu: 250m, memory: 1Gi}, limits: {nvidia.com/gpu: 1, ephemeral-storage: 2Gi, cpu: 1}}
      - {name: b, image: b:2}
"""
    web = only(read(text))
    assert (web.key, web.kind, web.replicas, web.place) == ("shop/web", "Deployment", 3, "f0.yaml:2:1")
    assert web.requests == {"cpu": 250, "memory": GIB, "nvidia.com/gpu": 1, "disk": 2 * GIB}
    assert web.limits == {}
    assert (web.os, web.arch, web.labels) == ("windows", "arm64", {"app": "web"})
    assert [(c.name, c.image) for c in web.containers] == [("a", "a:1"), ("b", "b:2")]
    assert web.placement.node_selector["disk"] == "ssd"


@pytest.mark.parametrize("kind", ["StatefulSet", "ReplicaSet", "Deployment"])
@pytest.mark.parametrize(("replicas", "copies"), [("5", 5), ("0", 0), ("null", 1), ("", 1)])
def test_replicas(kind: str, replicas: str, copies: int) -> None:
    """Absent or null replicas mean one copy."""
    assert only(read(deployment(kind=kind, replicas=replicas))).replicas == copies


def test_daemon_sets_are_agents_and_replication_controllers_are_not() -> None:
    """A DaemonSet runs on every machine; a ReplicationController has replicas."""
    assert only(read(deployment(kind="DaemonSet"))).agent
    controller = only(read(deployment(kind="ReplicationController", version="v1")))
    assert (controller.agent, controller.replicas) == (False, 2)


@pytest.mark.parametrize(
    ("fields", "copies"),
    [
        ("", 1), ("parallelism: 3", 3), ("parallelism: 3, completions: 2", 2), ("parallelism: 2, completions: 9", 2),
        ("completions: 5", 1), ("parallelism: 0", 0),
    ],
)  # fmt: skip
def test_jobs_count_what_runs_in_parallel(fields: str, copies: int) -> None:
    """A Job counts min(parallelism, completions); a CronJob counts as one of its Jobs, in either API version."""
    spec = "{" + (fields + ", " if fields else "") + f"template: {POD}" + "}"
    job = only(read(f"apiVersion: batch/v1\nkind: Job\nmetadata: {{name: j}}\nspec: {spec}"))
    assert (job.replicas, job.job) == (copies, True)
    for version in ("batch/v1", "batch/v1beta1"):
        text = f"apiVersion: {version}\nkind: CronJob\nmetadata: {{name: j}}\nspec: {{jobTemplate: {{spec: {spec}}}}}"
        assert only(read(text)).replicas == copies


def test_lists_unfold() -> None:
    """List kinds, nested or typed, hold objects."""
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: NAME}, spec: {containers: [{name: c}]}}"
    inner = f"{{apiVersion: v1, kind: PodList, items: [{pod.replace('NAME', 'a')}]}}"
    workload = read(f"{{apiVersion: v1, kind: List, items: [{inner}, {pod.replace('NAME', 'b')}]}}")
    assert [a.name for a in workload.applications] == ["a", "b"]


def test_limit_range_of_the_namespace_is_applied_and_said() -> None:
    """Container defaults of a LimitRange fill missing requests in its own namespace only."""
    head = "apiVersion: v1\nkind: LimitRange\nmetadata: {name: l, namespace: NS}\n"
    limits = head + "spec: {limits: [{type: Container, default: {memory: 1Gi}}]}\n"
    workload = read(limits.replace("NS", "default"), deployment())
    assert only(workload).requests == {"cpu": 1000, "memory": GIB}
    assert any("LimitRange in namespace default" in note for note in workload.notes)
    assert only(read(limits.replace("NS", "other"), deployment())).requests == {"cpu": 1000}


def test_os_and_arch_from_the_spec_and_from_affinity() -> None:
    """spec.os.name and required node affinity say the kernel family and architecture; amd64 is taken where it is allowed."""
    affinity = (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
        "[{matchExpressions: [{key: kubernetes.io/arch, operator: In, values: [VALUES]}]}]}}}, containers"
    )
    text = deployment().replace("containers", f"os: {{name: windows}}, {affinity}")
    assert only(read(text.replace("VALUES", "arm64, amd64"))).arch == "amd64"
    arm = only(read(text.replace("VALUES", "arm64")))
    assert (arm.os, arm.arch, arm.placement.node_selector) == ("windows", "arm64", {"kubernetes.io/arch": "arm64"})


def test_kinds_that_run_nothing_are_counted_and_operators_kinds_named() -> None:
    """Services are counted, unknown kinds too, and what an operator would expand is named as not sized."""
    others = [
        ("v1", "Service", "{template: {}}"), ("v1", "Node", "{}"), ("a.example/v1", "Route", "{host: x}"),
        ("monitoring.coreos.com/v1", "Prometheus", "{replicas: 2}"),
        ("kafka.strimzi.io/v1", "Kafka", "{kafka: {replicas: 3}}"),
        ("serving.knative.dev/v1", "Service", "{template: {}}"), ("autoscaling/v2", "HorizontalPodAutoscaler", "{}"),
    ]  # fmt: skip
    texts = [f"apiVersion: {v}\nkind: {k}\nmetadata: {{name: x}}\nspec: {s}" for v, k, s in others]
    notes = "\n".join(read(*texts, "apiVersion: v1\nkind: ConfigMap\ndata: {a: b}").notes)
    assert "(4): Service 1, Node 1, HorizontalPodAutoscaler 1, ConfigMap 1" in notes
    assert "not known to run anything (1): Route 1" in notes
    assert "operator would turn it into pods: Prometheus default/x, Kafka default/x, Service default/x" in notes
    assert "HorizontalPodAutoscaler: minimum and maximum are not applied" in notes


def test_the_same_object_twice_counts_once() -> None:
    """As with kubectl apply the later declaration wins, across files, and a note says so."""
    workload = read(deployment(replicas="2"), deployment(replicas="7"))
    assert only(workload).replicas == 7
    assert workload.notes[0].endswith("Deployment default/web (f0.yaml:2:1)")
    assert workload.sources == ("f0.yaml", "f1.yaml")


def test_one_name_for_two_kinds() -> None:
    """Objects of different kinds with one name stay apart."""
    workload = read(deployment(), deployment(kind="StatefulSet"), deployment(name="web.statefulset"))
    assert [a.key for a in workload.applications] == [
        "default/web",
        "default/web.statefulset",
        "default/web.statefulset.deployment",
    ]


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        (deployment(replicas="two"), "6:13", 'replicas "two"'), (deployment(replicas="1.5"), "6:13", 'replicas "1.5"'),
        (deployment(replicas='"3"'), "6:13", 'replicas "3"'), (deployment(replicas="-1"), "6:13", 'replicas "-1"'),
        (deployment(replicas="3000000000"), "6:13", "replicas"), (deployment(replicas="[1]"), "6:13", "replicas a list"),
        (deployment().replace("cpu: 1", "cpu: 1x"), "7:116", 'unknown unit "x"'),
        (deployment().replace("cpu: 1", "cpu: -1"), "7:116", "negative"),
        (deployment().replace("cpu: 1", "cpu: 9E"), "7:116", "64 bits"),
        ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {}", "1:1", "without spec.template"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}", "4:7", "without containers"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {labels: {}}\nspec: {}", "3:11", "without a name"),
        ("apiVersion: v1\nkind: Pod\nspec: {}", "1:1", "without metadata"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: 3", "4:7", 'found "3"'),
    ],
)  # fmt: skip
def test_refused_objects(text: str, place: str, found: str) -> None:
    """Each fault is one line with its place."""
    with pytest.raises(InputError) as caught:
        read(text)
    assert str(caught.value).startswith(f"f0.yaml:{place}: ")
    assert found in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_faults_are_told_at_once() -> None:
    """Faults of several objects are all in the error, a line each."""
    with pytest.raises(InputError) as caught:
        read(deployment(replicas="two"), deployment(name="b", replicas="three"), deployment(name="c"))
    assert [problem.place.file for problem in caught.value.problems] == ["f0.yaml", "f1.yaml"]


PODS = {
    "online-boutique.yaml": 12, "opentelemetry-demo.yaml.gz": 25, "istio-bookinfo.yaml": 6, "kubeflow-istio-install.yaml": 2,
    "cert-manager.yaml.gz": 3, "sock-shop.yaml": 14, "sock-shop-autoscaling.yaml": 3, "train-ticket-part1.yaml": 22,
    "train-ticket-part2.yaml": 41, "train-ticket-part3.yaml": 1, "train-ticket-efk.yaml": 3, "deathstarbench-hotel.yaml": 19,
    "kube-prometheus.yaml": 6, "kube-prometheus-crd-prometheusrule.yaml": 0, "ingress-nginx-baremetal.yaml": 1,
    "voting-app.yaml": 5, "cassandra-statefulset.yaml": 3, "cpu-manager-exclusive.yaml": 0,
    "elasticsearch-production-rc.yaml": 3,
    "vllm-gpu-hpa.yaml": 1, "guestbook.yaml": 6, "guestbook-all-in-one.yaml": 6, "teastore-clusterip.yaml": 7,
    "open-simulator-cluster-demo1.yaml": 1, "open-simulator-applications.yaml": 64,
}  # fmt: skip


@pytest.mark.skipif(not FILES, reason="no ../shared/data/manifests beside the checkout")
def test_real_manifests_hold_the_pods_their_readme_counts() -> None:
    """Every manifest is read; the copies of its controllers are those counted in the README beside it."""
    counted = {}
    for path in FILES:
        workload = read_kubernetes(parse_documents(read_text(path)), path.name)
        kinds = ("Pod", "Job", "CronJob", "DaemonSet")
        counted[path.name] = sum(a.replicas for a in workload.applications if a.kind not in kinds)
    assert {name: counted[name] for name in PODS} == PODS


def test_a_patch_of_kustomize_is_no_manifest() -> None:
    """A Deployment without a template is refused, with what to do if it is a patch."""
    with pytest.raises(InputError, match=r"without spec\.template; expected a pod template; a kustomize patch\?"):
        read("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 5}\n")

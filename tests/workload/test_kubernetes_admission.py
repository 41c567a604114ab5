"""What the API server would refuse of the input: LimitRanges and ResourceQuotas, in its own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.workload.documents import SourceText, parse_documents
from binpack.workload.kubernetes import read_kubernetes
from binpack.workload.workload import Workload


def read(*texts: str) -> Workload:
    return read_kubernetes(parse_documents(SourceText("m.yaml", "\n---\n".join(texts))), "m")


def deployment(name: str, replicas: int, resources: str = "{}", spec: str = "", containers: int = 1) -> str:
    some = ", ".join(f"{{name: c{k}, resources: {resources}}}" for k in range(containers))
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\n"
        f"spec: {{replicas: {replicas}, template: {{spec: {{{spec} containers: [{some}]}}}}}}"
    )


def quota(hard: str, more: str = "", name: str = "q", namespace: str = "default") -> str:
    return (
        f"apiVersion: v1\nkind: ResourceQuota\nmetadata: {{name: {name}, namespace: {namespace}}}\n"
        f"spec: {{hard: {hard}{', ' if more else ''}{more}}}"
    )


def limit_range(limits: str) -> str:
    return f"apiVersion: v1\nkind: LimitRange\nmetadata: {{name: l}}\nspec: {{limits: [{limits}]}}"


def said(workload: Workload, what: str = "refused") -> list[str]:
    return [note for note in workload.notes if what in note]


CPU = "{requests: {cpu: 500m, memory: 512Mi}}"


def test_a_quota_that_is_exceeded() -> None:
    """Pods are let in until the first that goes over: what it asks, what is used by then, and the limit; all still count."""
    workload = read(
        deployment("a", 3, CPU), deployment("b", 3, CPU), quota("{requests.cpu: 2, requests.memory: 2Gi, pods: 5}")
    )
    assert said(workload) == [
        "default/b: 2 of 3 pods would be refused: exceeded quota: q, requested: requests.cpu=500m,requests.memory=512Mi, "
        "used: requests.cpu=2,requests.memory=2Gi, limited: requests.cpu=2,requests.memory=2Gi"
    ]
    assert workload.instances == 6


@pytest.mark.parametrize(
    ("hard", "resources", "refused"),
    [
        ("{pods: 3}", "{}", 0),
        ("{count/pods: 2}", "{}", 1),
        ("{cpu: 1}", CPU, 1),
        ("{requests.cpu: 1500m}", CPU, 0),
        ("{limits.memory: 2Gi}", "{limits: {memory: 1Gi}}", 1),
        ("{requests.nvidia.com/gpu: 2}", "{limits: {nvidia.com/gpu: 1}}", 1),
        ("{requests.nvidia.com/gpu: 2}", CPU, 0),
        ("{requests.ephemeral-storage: 1Gi}", "{requests: {ephemeral-storage: 512Mi}}", 1),
        ("{hugepages-2Mi: 4Mi}", "{limits: {hugepages-2Mi: 2Mi, cpu: 1}}", 1),
        ("{pods: 0}", "{}", 3),
    ],
)
def test_what_a_quota_counts(hard: str, resources: str, refused: int) -> None:
    """Pods, requests with and without their prefix, limits, devices, huge pages: of three pods so many are refused."""
    notes = said(read(deployment("a", 3, resources), quota(hard)))
    assert [note.split(" of ")[0] for note in notes] == ([f"default/a: {refused}"] if refused else [])


def test_quotas_of_other_namespaces_and_of_other_things() -> None:
    """A quota bears on its own namespace; what of it is not about pods is named."""
    assert not said(read(deployment("a", 3), quota("{pods: 1}", namespace="other")))
    workload = read(deployment("a", 3), quota("{services: 1, count/deployments.apps: 1, pods: 9}"))
    assert said(workload, "not judged") == [
        "ResourceQuota default/q: not judged, as it is not about pods: services, count/deployments.apps"
    ]


def test_what_must_be_said() -> None:
    """A quota on CPU or memory refuses pods of which a container says nothing of it; a LimitRange's default helps."""
    one = deployment("a", 2, "{requests: {cpu: 1}}", containers=2)
    hard = quota("{requests.cpu: 9, limits.cpu: 9, requests.memory: 9Gi}")
    assert said(read(one, hard)) == [
        "default/a: 2 of 2 pods would be refused: failed quota: q: must specify limits.cpu for: c0,c1; "
        "requests.memory for: c0,c1"
    ]
    defaults = limit_range("{type: Container, default: {cpu: 1, memory: 1Gi}}")
    assert not said(read(one, hard, defaults))


@pytest.mark.parametrize(
    ("scope", "spec", "resources", "counts"),
    [
        ("scopes: [BestEffort]", "", "{}", True),
        ("scopes: [BestEffort]", "", CPU, False),
        ("scopes: [NotBestEffort]", "", CPU, True),
        ("scopes: [NotBestEffort, Terminating]", "", CPU, False),
        ("scopes: [Terminating]", "activeDeadlineSeconds: 5,", "{}", True),
        ("scopes: [NotTerminating]", "activeDeadlineSeconds: 5,", "{}", False),
        ("scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [high]}]}", "", "{}", False),
        (
            "scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [high]}]}",
            "priorityClassName: high,", "{}", True,
        ),
        (
            "scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: NotIn, values: [high]}]}",
            "", "{}", True,
        ),
        ("scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: Exists}]}", "", "{}", False),
        ("scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: DoesNotExist}]}", "", "{}", True),
    ],
)  # fmt: skip
def test_scopes(scope: str, spec: str, resources: str, counts: bool) -> None:
    """A quota bears on the pods in all of its scopes."""
    assert bool(said(read(deployment("a", 2, resources, spec), quota("{pods: 1}", scope)))) == counts


def test_a_scope_that_is_not_known() -> None:
    """The quota is left out, and that is said."""
    workload = read(deployment("a", 2), quota("{pods: 1}", "scopes: [CrossNamespacePodAffinity]"))
    assert said(workload, "scope") == [
        "ResourceQuota default/q is not applied, because of its scope CrossNamespacePodAffinity"
    ]


@pytest.mark.parametrize(
    ("limits", "resources", "text"),
    [
        (
            "{type: Container, max: {cpu: 800m}}", "{limits: {cpu: 1600m}}",
            "maximum cpu usage per Container is 800m, but limit is 1600m",
        ),
        (
            "{type: Container, min: {memory: 1Gi}}", "{requests: {memory: 512Mi}}",
            "minimum memory usage per Container is 1Gi, but request is 512Mi",
        ),
        ("{type: Pod, max: {cpu: 1}}", "{}", "maximum cpu usage per Pod is 1.  No limit is specified"),
        ("{type: Pod, min: {cpu: 1}}", "{}", "minimum cpu usage per Pod is 1.  No request is specified"),
        (
            "{type: Pod, max: {cpu: 1500m}}", "{limits: {cpu: 1}}",
            "maximum cpu usage per Pod is 1500m, but limit is 2",
        ),
        (
            "{type: Container, maxLimitRequestRatio: {cpu: 2}}", "{requests: {cpu: 100m}, limits: {cpu: 250m}}",
            "cpu max limit to request ratio per Container is 2, but provided ratio is 2.500000",
        ),
        (
            "{type: Container, maxLimitRequestRatio: {cpu: 2}}", "{requests: {cpu: 100m}}",
            "cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0",
        ),
        ("{type: Container, max: {cpu: 800m}}", "{}", ""),
        ("{type: Container, min: {cpu: 100m}, max: {cpu: 2}}", "{limits: {cpu: 1}}", ""),
        ("{type: Container, maxLimitRequestRatio: {cpu: 2}}", "{requests: {cpu: 100m}, limits: {cpu: 200m}}", ""),
    ],
)  # fmt: skip
def test_limit_ranges(limits: str, resources: str, text: str) -> None:
    """Bounds of each container, and of the two of a pod together; defaults of the same LimitRange come before."""
    notes = said(read(deployment("a", 2, resources, containers=2), limit_range(limits)))
    if "per Container" in text:
        text = f"[{text}, {text}]"
    assert notes == ([f"default/a: its pods would be refused: {text}"] if text else [])


def test_init_containers_count_too() -> None:
    """Each init container is held to the bounds; of a pod's sum only the hungriest moment counts."""
    init = "initContainers: [{name: i, resources: {limits: {cpu: 3}}}],"
    one = deployment("a", 1, "{limits: {cpu: 1}}", init)
    assert said(read(one, limit_range("{type: Container, max: {cpu: 2}}"))) == [
        "default/a: its pods would be refused: maximum cpu usage per Container is 2, but limit is 3"
    ]
    assert not said(read(one, limit_range("{type: Pod, max: {cpu: 3}}")))


def test_refused_pods_use_no_quota() -> None:
    """What a LimitRange refuses leaves the quota to the others."""
    big, small = deployment("a", 2, "{limits: {cpu: 4}}"), deployment("b", 2, "{limits: {cpu: 1}}")
    notes = said(read(big, small, limit_range("{type: Container, max: {cpu: 2}}"), quota("{requests.cpu: 2}")))
    assert [note.split(":")[0] for note in notes] == ["default/a"]


def test_a_quota_that_is_none() -> None:
    """A malformed amount is one line with its place."""
    with pytest.raises(InputError, match=r'm.yaml:\d+:\d+: found requests.cpu "2x"'):
        read(deployment("a", 1), quota("{requests.cpu: 2x}"))


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=4),
    st.lists(
        st.dictionaries(st.sampled_from(["pods", "requests.cpu", "requests.memory"]), st.integers(0, 20)), max_size=2
    ),
)
def test_pod_by_pod(applications: list[tuple[int, int, int]], quotas: list[dict[str, int]]) -> None:
    """As many pods are refused as when each is held against every quota, one after the other."""
    texts = [
        deployment(f"a{k}", copies, f"{{requests: {{cpu: {cpu}, memory: {memory}}}}}")
        for k, (copies, cpu, memory) in enumerate(applications)
    ]
    texts += [
        quota("{" + ", ".join(f"{name}: {n}" for name, n in hard.items()) + "}", name=f"q{k}")
        for k, hard in enumerate(quotas)
        if hard
    ]
    used = [dict.fromkeys(hard, 0) for hard in quotas]
    expected = {}
    for k, (copies, cpu, memory) in enumerate(applications):
        usage = {"pods": 1, "requests.cpu": cpu, "requests.memory": memory}
        for _ in range(copies):
            pairs = [
                (hard[name], sums[name], usage[name]) for hard, sums in zip(quotas, used, strict=True) for name in hard
            ]
            if any(more and before + more > most for most, before, more in pairs):
                expected[f"default/a{k}"] = expected.get(f"default/a{k}", 0) + 1
                continue
            for sums in used:
                for name in sums:
                    sums[name] += usage[name]
    found = {note.split(": ")[0]: int(note.split(": ")[1].split(" of ")[0]) for note in said(read(*texts))}
    assert found == expected

"""Pod sizes: the rows measured with kube-scheduler, its verdict files, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from binpack.errors import InputError
from binpack.kubernetes.limit_range import ContainerDefaults, read_limit_ranges
from binpack.kubernetes.pod_size import PodSize, read_pod_size
from binpack.kubernetes.quantity import parse_quantity
from binpack.kubernetes.resource_list import whole_amounts
from binpack.workload.documents import Node, SourceText, parse_documents, read_text

VERDICTS = Path(__file__).resolve().parents[2] / "../shared/data/kubernetes-verdicts"
MI = 1 << 20


def spec(text: str) -> Node:
    return parse_documents(SourceText("pod.yaml", text))[0]


def size(text: str, defaults: ContainerDefaults | None = None, status: str = "") -> PodSize:
    return read_pod_size(spec(text), pytest.fail, defaults, spec(status) if status else None)


def requests(text: str, defaults: ContainerDefaults | None = None) -> dict[str, int]:
    return whole_amounts(size(text, defaults).requests)


def test_init_container_larger_than_the_containers() -> None:
    """The request is the larger of all containers together and the hungriest init container."""
    text = """
      containers: [{resources: {requests: {cpu: 500m}}}, {resources: {requests: {cpu: 500m}}}]
      initContainers: [{resources: {requests: {cpu: 1800m}}}]"""
    assert requests(text) == {"cpu": 1800}


def test_sidecars_count_in_their_order() -> None:
    """An ordinary init container runs beside the sidecars before it only: main 1 + 2 + 1 = 4."""
    text = """
      containers: [{resources: {requests: {cpu: 1}}}]
      initContainers:
      - {name: i1, resources: {requests: {cpu: 3}}}
      - {name: s1, restartPolicy: Always, resources: {requests: {cpu: 2}}}
      - {name: i2, resources: {requests: {cpu: 2}}}
      - {name: s2, restartPolicy: Always, resources: {requests: {cpu: 1}}}"""
    assert requests(text) == {"cpu": 4000}


def test_limits_stand_in_for_requests_key_by_key() -> None:
    """A resource with a limit and no request is requested at its limit; one that is requested stays."""
    assert requests("containers: [{resources: {limits: {cpu: 2, memory: 1Gi}}}]") == {"cpu": 2000, "memory": 1024 * MI}
    text = "containers: [{resources: {limits: {cpu: 2, memory: 1Gi}, requests: {cpu: 1}}}]"
    assert requests(text) == {"cpu": 1000, "memory": 1024 * MI}


def test_pod_level_requests_replace_and_overhead_adds() -> None:
    """Pod-level CPU and memory replace the sums, ephemeral storage stays, overhead comes last."""
    text = """
      containers: [{resources: {requests: {cpu: 2, memory: 1Gi, ephemeral-storage: 1Gi}}}]
      resources: {requests: {cpu: 2500m, memory: 512Mi}}
      overhead: {cpu: 250m, memory: 120Mi}"""
    assert requests(text) == {"cpu": 2750, "memory": 632 * MI, "ephemeral-storage": 1024 * MI}


def test_pod_level_limits_fill_what_no_container_asks() -> None:
    """With pod-level limits a missing pod-level request is the containers' sum, or the limit where they ask nothing."""
    text = """
      containers: [{resources: {requests: {cpu: 200m}}}]
      resources: {limits: {cpu: 1, memory: 512Mi}}"""
    assert requests(text) == {"cpu": 200, "memory": 512 * MI}


def test_rounding_per_container_for_cpu_and_per_pod_for_memory() -> None:
    """CPU is rounded up to 1m per container; bytes are summed exactly and rounded up once per pod."""
    container = "{resources: {requests: {cpu: 0.0005, memory: 0.1Gi}}}"
    text = f"containers: [{container}, {container}]"
    assert requests(text) == {"cpu": 2, "memory": 214748365}


def test_nothing_requested_is_no_entry_and_null_is_zero() -> None:
    """A pod that declares nothing has no requests at all; a null amount is 0, as in the API."""
    assert requests("containers: [{name: a}]") == {}
    assert requests("containers: [{resources: {limits: {cpu: 1}, requests: {cpu: null}}}]") == {"cpu": 0}


def test_limits_only_where_every_container_has_one() -> None:
    """A pod is limited on a resource only if all of its containers are."""
    text = "containers: [{resources: {limits: {cpu: 1, memory: 1Mi}}}, {resources: {limits: {cpu: 2}}}]"
    assert whole_amounts(size(text).limits) == {"cpu": 3000}


def test_limit_ranges_fill_missing_keys_only() -> None:
    """Limits become requests first; then a LimitRange's defaultRequest, default, max and min fill what is missing."""
    ranges = """
      spec:
        limits:
        - {type: Pod, max: {nvidia.com/gpu: 1}}
        - type: Container
          defaultRequest: {cpu: 100m}
          default: {cpu: 300m, memory: 64Mi}
          min: {ephemeral-storage: 1Mi}"""
    defaults = read_limit_ranges([spec(ranges)], pytest.fail)
    assert requests("containers: [{resources: {limits: {cpu: 2}}}]", defaults) == {
        "cpu": 2000, "memory": 64 * MI, "ephemeral-storage": MI,
    }  # fmt: skip
    assert requests("containers: [{name: a}]", defaults)["cpu"] == 100


def test_resized_pod_counts_at_the_largest_unless_infeasible() -> None:
    """A running pod counts at the largest of asked, allocated and in force; an infeasible resize is not counted."""
    text = "containers: [{name: a, resources: {requests: {cpu: 4}}}]"
    status = "containerStatuses: [{name: a, allocatedResources: {cpu: 2}, resources: {requests: {cpu: 3}}}]"
    assert size(text, status=status).requests == {"cpu": 4000}
    infeasible = status + "\nconditions: [{type: PodResizePending, reason: Infeasible}]"
    assert size(text, status=infeasible).requests == {"cpu": 3000}


@pytest.mark.parametrize(
    ("resource", "amount", "message"),
    [
        ("cpu", "-1", "negative"), ("cpu", "-0.5m", "negative"), ("cpu", "1E", "64 bits"), ("memory", "10E", "64 bits"),
        ("memory", ".", "no digit"), ("cpu", "m", "no digit"), ("memory", "1GB", 'unit "GB"'), ("cpu", "[1]", "a list"),
        ("nvidia.com/gpu", "500m", "fraction"), ("memory", "1 Gi", "space"), ("cpu", '""', "empty"),
    ],
)  # fmt: skip
def test_refused_amounts_name_their_place(resource: str, amount: str, message: str) -> None:
    """Negative, overflowing, digitless, fractional and unparsable amounts are one-line errors at line and column."""
    with pytest.raises(InputError) as caught:
        size(f"containers:\n- resources:\n    requests:\n      {resource}: {amount}")
    text = str(caught.value)
    assert text.startswith(f"pod.yaml:4:{9 + len(resource)}: found ")
    assert message in text
    assert "\n" not in text


def test_memory_in_thousandths_of_a_byte_is_warned_of() -> None:
    """``memory: 128m`` is one byte; the reader says so."""
    warnings: list[str] = []
    pod = read_pod_size(spec("containers: [{resources: {requests: {memory: 128m}}}]"), warnings.append)
    assert whole_amounts(pod.requests) == {"memory": 1}
    assert warnings == ['pod.yaml:1:46: memory "128m" means thousandths of a byte; "128Mi" may have been meant']


@pytest.mark.skipif(not VERDICTS.is_dir(), reason="no ../shared/data/kubernetes-verdicts beside the checkout")
@pytest.mark.parametrize(("name", "cases"), [("named", 52), ("random", 1200)])
def test_requests_equal_the_schedulers(name: str, cases: int) -> None:
    """For every pod of every case the effective requests are exactly those the real scheduler summed."""
    documents = parse_documents(read_text(VERDICTS / f"{name}-cases.jsonl.gz"))
    assert len(documents) == cases
    for case in documents:
        pods = {
            f"{p.find_text('metadata', 'namespace')}/{p.find_text('metadata', 'name')}": p
            for p in case.find_list("pods")
        }
        for verdict in case.find_list("verdicts"):
            pod = read_pod_size(pods[verdict.find_text("pod")].find("spec"), pytest.fail)  # type: ignore[arg-type]
            expected = {k: parse_quantity(v.text).nano for k, v in verdict.get("requests").items()}  # type: ignore[union-attr]
            assert {k: v * 10**6 for k, v in pod.requests.items()} == expected, case.find_text("name")

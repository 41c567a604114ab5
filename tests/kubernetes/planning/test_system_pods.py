"""What a cluster runs by itself: defaults with sources, and only where the input lacks them."""

from __future__ import annotations

import pytest

from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.system_pods import missing_system_pods
from binpack.kubernetes.pod import PodTemplate
from binpack.kubernetes.taints import Taint, first_untolerated
from binpack.machines.overheads import load_overheads


def names(service: str, *brought: str) -> set[str]:
    sets = [PodSet(name, "Deployment", 1, PodTemplate()) for name in brought]
    return {pod.name for pod in missing_system_pods(sets, service, load_overheads({}))}


@pytest.mark.parametrize(
    ("service", "brought", "missing"),
    [
        ("eks", (), {"aws-node", "kube-proxy", "coredns"}),
        ("eks", ("web",), {"aws-node", "kube-proxy", "coredns"}),
        ("eks", ("calico-node", "my-coredns"), {"kube-proxy"}),
        ("eks", ("cilium",), {"coredns"}),
        ("", (), {"kube-proxy", "network-agent", "coredns"}),
        ("gdc", ("flannel",), {"kube-proxy", "coredns"}),
    ],
)
def test_what_is_missing(service: str, brought: tuple[str, ...], missing: set[str]) -> None:
    """By the provider's service, or as the eras have it; another network agent or DNS stands in its place."""
    assert names(service, *brought) == missing


@pytest.mark.parametrize("service", ["eks", "gke", "aks", ""])
def test_each_has_amounts_and_a_source(service: str) -> None:
    """Daemons run on every node, whatever its taints; DNS has two copies that do not; each says where it comes from."""
    for pod in missing_system_pods([], service, load_overheads({})):
        pods = pod.pods()
        assert pod.source
        assert pod.stated().startswith(f"kube-system/{pod.name} ")
        assert pods.template.amounts.get("cpu", 0) == pod.cpu
        assert pods.template.amounts.get("memory", 0) == pod.memory
        tolerated = first_untolerated((Taint("dedicated", "x"),), pods.template.tolerations) is None
        assert tolerated == pods.daemon == (pod.kind == "DaemonSet")
        assert pods.daemon or pods.copies == 2

"""Warnings: each fault has its words, and what is in order has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from binpack.errors import InputError
from binpack.kubernetes.planning.node_class import NodeType, node_classes
from binpack.kubernetes.planning.pod_sets import PodSet, read_pod_sets
from binpack.kubernetes.planning.warnings import warnings_of
from binpack.workload.documents import SourceText, parse_documents, read_text
from tests.kubernetes.planning.test_rules import DB, HOST, W, affinity, spread, term
from tests.kubernetes.small_clusters import pod, silent

MANIFESTS = Path(__file__).resolve().parents[3] / "../shared/data/manifests"
ZONE = "topology.kubernetes.io/zone"
GIB = 1 << 30
CLASSES = node_classes([NodeType("node", {"cpu": 4000, "memory": 8 * GIB, "pods": 110})], "abc")
MANIFEST = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: zk}
spec:
  replicas: 3
  template:
    metadata: {labels: {name: zk}}
    spec:
      containers: [{name: c, image: x}]
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - topologyKey: kubernetes.io/hostname
            labelSelector: {matchExpressions: [{key: app, operator: In, values: [zk]}]}
"""


def warned(*texts: str, copies: int = 3, daemon: bool = False) -> list[str]:
    """Warnings of such sets; the pods' source is not a file, so places are cut off."""
    sets = [PodSet(f"s{n}", "Deployment", copies, pod(f"{{{text}}}").template) for n, text in enumerate(texts)]
    if daemon:
        sets.append(PodSet("agent", "DaemonSet", 1, pod("{requests: {cpu: 3}}").template, daemon=True))
    return [text[text.index("default/") :] for text in warnings_of(sets, CLASSES)]


def test_nothing_to_warn_of() -> None:
    """Rules that select their own pods and fit the zones."""
    apart = affinity("podAntiAffinity", term("w", ZONE), term("w"))
    assert warned(f"{W}, {apart}, {spread(key=ZONE)}, requests: {{cpu: 4}}", DB) == []


def test_anti_affinity_that_selects_nothing() -> None:
    """The label has another name than the selector's: with file and line."""
    sets = read_pod_sets(parse_documents(SourceText("zk.yaml", MANIFEST)), silent)
    assert warnings_of(sets, CLASSES) == [
        "zk.yaml:14:13: default/zk: required anti-affinity selects no pod of the input (app=zk): it has no effect"
    ]


NEVER, IDLE = "no pod can be placed", "it has no effect"
NO_ONE = "no pod of the input matches all terms of its required affinity"
UNKNOWN = "over rack, which no node has as a label"
UNCOUNTED = "does not count its own pods (selector: app=db): they are not spread by it"
NOWHERE = "no node takes it, empty as they are (node(s) didn't match Pod's node affinity/selector)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (affinity("podAffinity", term("x")), f"required affinity selects no pod of the input (app=x): {NEVER}"),
        (affinity("podAffinity", term("w"), term("db")), f"{NO_ONE}: {NEVER}"),
        (affinity("podAntiAffinity", term("w", "rack")), f"required anti-affinity {UNKNOWN}: {IDLE}"),
        (affinity("podAffinity", term("w", "rack")), f"required affinity {UNKNOWN}: {NEVER}"),
        (spread(key="rack"), f"spread {UNKNOWN}: {NEVER}"),
        (spread("db", ZONE), f"spread over {ZONE} {UNCOUNTED}"),
        ("nodeSelector: {disk: ssd}", f"{NOWHERE}: {NEVER}"),
        ("requests: {cpu: 5}", f"requests 5000 cpu, above every node (4000 at the most): {NEVER}"),
    ],
)
def test_each_fault(text: str, words: str) -> None:
    """One fault, one warning."""
    assert warned(f"{W}, {text}", DB) == [f"default/s0: {words}"]


def test_more_copies_than_zones() -> None:
    """Four pods that keep apart by zone in three zones; by host there may be as many as nodes."""
    apart = f"{W}, {affinity('podAntiAffinity', term('w', ZONE))}"
    assert warned(apart) == []
    words = f"required anti-affinity over {ZONE} of 4 pods of one kind, with 3 to choose from: at most 3 can be placed"
    assert warned(apart, copies=4) == [f"default/s0: {words}"]
    assert warned(f"{W}, {affinity('podAntiAffinity', term('w', HOST))}", copies=4) == []


def test_too_few_domains() -> None:
    """Four domains wanted of three: each then holds no more than the skew."""
    four = f"{W}, {spread(key=ZONE, more=', minDomains: 4')}"
    assert warned(four, copies=3) == []
    words = f"spread over {ZONE} wants 4 domains of 3 that exist: at most 3 of 5 pods can be placed"
    assert warned(four, copies=5) == [f"default/s0: {words}"]


def test_a_circle() -> None:
    """Two sets wait for each other; both are told."""
    found = warned(f"{W}, {affinity('podAffinity', term('db'))}", f"{DB}, {affinity('podAffinity', term('w'))}")
    assert [text.split(",")[0] for text in found] == [
        "default/s0: required affinity waits for default/s1",
        "default/s1: required affinity waits for default/s0",
    ]


def test_too_large_beside_daemons() -> None:
    """The daemons' part of each node is gone before the pod comes; too large only together is told as such."""
    assert warned("requests: {cpu: 2}", daemon=True) == [
        "default/s0: requests 2000 cpu, above every node (1000 at the most): no pod can be placed"
    ]


@pytest.mark.skipif(not MANIFESTS.is_dir(), reason="no ../shared/data/manifests beside the checkout")
def test_real_manifests() -> None:
    """Every file is looked at without a crash; the anti-affinity of the zookeeper example selects nothing."""
    found: dict[str, list[str]] = {}
    for file in sorted(MANIFESTS.rglob("*.y*ml*")):
        try:
            sets = read_pod_sets(parse_documents(read_text(str(file))), silent)
        except InputError:
            continue  # what cannot be read is another test's
        found[file.name] = warnings_of(sets, CLASSES)
    [warning] = found["zookeeper.yaml"]
    assert "required anti-affinity selects no pod of the input (app=zk): it has no effect" in warning

"""How each rule of the scheduler becomes a rule of a Problem."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from binpack_solvers.rules import Spread
from hypothesis import given
from hypothesis import strategies as st

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.planning.affinity import companions
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.rules import Rules, highest_floor, rules_between
from tests.kubernetes.small_clusters import cluster, pod

ZONES = {"n0": "{labels: {zone: a}}", "n1": "{labels: {zone: b}}", "n2": "{labels: {zone: c}}"}
W, DB = "labels: {app: w}", "labels: {app: db}"
HOST = "kubernetes.io/hostname"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def term(app: str, key: str = HOST, more: str = "") -> str:
    return f"{{topologyKey: {key}, labelSelector: {{matchLabels: {{app: {app}}}}}{more}}}"


def affinity(kind: str, *terms: str) -> str:
    return f"affinity: {{{kind}: {{{REQUIRED}: [{', '.join(terms)}]}}}}"


def spread(app: str = "w", key: str = "zone", skew: int = 1, more: str = "") -> str:
    selector = f"labelSelector: {{matchLabels: {{app: {app}}}}}"
    hard = "whenUnsatisfiable: DoNotSchedule"
    return f"topologySpreadConstraints: [{{maxSkew: {skew}, topologyKey: {key}, {hard}, {selector}{more}}}]"


def compiled(texts: Sequence[str], state: ClusterState | None = None, copies: int = 3) -> Rules:
    """The rules of sets of so many pods each, among new nodes of three zones or on the nodes given."""
    sets = [PodSet(f"s{n}", "Deployment", copies, pod(f"{{{text}}}").template) for n, text in enumerate(texts)]
    return rules_between(sets, state or cluster(ZONES), given=state is not None)


def port(number: int, protocol: str = "TCP", address: str = "") -> str:
    text = f"{{containerPort: 80, hostPort: {number}, protocol: {protocol}, hostIP: '{address}'}}"
    return f"containers: [{{name: c, ports: [{text}]}}]"


def test_host_ports() -> None:
    """The same port: one of a set on a node, and never two sets together; other protocols and addresses do not conflict."""
    assert compiled([port(80), port(80), port(81)]).limits == [(0, 0, 1, 0), (0, 1, 0, 0), (1, 1, 1, 0), (2, 2, 1, 0)]
    assert (0, 1, 0, 0) not in compiled([port(80), port(80, "UDP")]).limits
    assert (0, 1, 0, 0) not in compiled([port(80, address="10.0.0.1"), port(80, address="10.0.0.2")]).limits
    assert (0, 1, 0, 0) in compiled([port(80, address="10.0.0.1"), port(80)]).limits


def test_anti_affinity_of_itself_and_of_others() -> None:
    """A set that keeps from itself has one pod to a domain; one that keeps from others has none beside them."""
    assert compiled([f"{W}, {affinity('podAntiAffinity', term('w'))}"]).limits == [(0, 0, 1, 0)]
    assert compiled([f"{W}, {affinity('podAntiAffinity', term('db', 'zone'))}", DB]).limits == [(0, 1, 0, 1)]
    assert compiled([W, f"{DB}, {affinity('podAntiAffinity', term('w'))}"]).limits == [(1, 0, 0, 0)]


def test_several_terms() -> None:
    """Each term of anti-affinity is a rule by itself."""
    terms = affinity("podAntiAffinity", term("w"), term("db", "zone"))
    assert compiled([f"{W}, {terms}", DB]).limits == [(0, 0, 1, 0), (0, 1, 0, 1)]


@pytest.mark.parametrize(
    ("more", "selected"),
    [("", [0]), (", namespaces: [b]", [1]), (", namespaceSelector: {}", [0, 1]),
     (", namespaceSelector: {matchLabels: {team: b}}", [1]), (", namespaceSelector: {matchLabels: {team: z}}", [])],
)  # fmt: skip
def test_namespaces(more: str, selected: list[int]) -> None:
    """A term looks at its own namespace, at named ones, or at those with labels."""
    terms = affinity("podAntiAffinity", term("w", more=more))
    rules = compiled([f"{W}, {terms}", f"{W}, namespace: b"])
    assert [j for _, j, _, _ in rules.limits] == selected


def test_affinity_with_bootstrap() -> None:
    """A set that wants its own kind is all in one domain: the first may stand alone."""
    rules = compiled([f"{W}, {affinity('podAffinity', term('w', 'zone'))}"])
    assert rules.requires == [(0, 0, 1)]
    assert not rules.stricter
    assert not rules.barred


def test_affinity_of_another_set() -> None:
    """Beside the only set that its terms select; none that selects nothing is ever placed."""
    assert compiled([f"{W}, {affinity('podAffinity', term('db'))}", DB]).requires == [(0, 1, 0)]
    assert compiled([f"{W}, {affinity('podAffinity', term('none'))}"]).barred == {(0, 0), (0, 1), (0, 2)}


def test_affinity_that_several_meet() -> None:
    """Beside one of them, which is said to be stricter."""
    rules = compiled([f"{W}, {affinity('podAffinity', term('db'))}", DB, DB])
    assert rules.requires == [(0, 1, 0)]
    assert rules.stricter == [
        "default/s0: of the pods that its affinity admits, beside those of default/s1",
    ]


def test_a_circle_of_affinities() -> None:
    """Two that wait for each other are never placed; where one may be the first the other comes beside it."""
    to_db, to_w = affinity("podAffinity", term("db", "zone")), affinity("podAffinity", term("w", "zone"))
    assert {i for i, _ in compiled([f"{W}, {to_db}", f"{DB}, {to_w}"]).barred} == {0, 1}
    rules = compiled([f"{W}, {to_w}", f"{W}, {to_w}"])
    assert rules.requires == [(0, 0, 1), (1, 0, 1)]


def test_affinity_met_in_place() -> None:
    """Where a pod in place meets the terms only its domain is open; on a node without the key it does not count."""
    state = cluster(ZONES, [("n1", f"{{{DB}}}")])
    assert compiled([f"{W}, {affinity('podAffinity', term('db', 'zone'))}"], state).barred == {(0, 0), (0, 2)}
    bare = cluster({**ZONES, "m": "{}"}, [("m", f"{{{W}}}")])
    rules = compiled([f"{W}, {affinity('podAffinity', term('w', 'zone'))}"], bare)
    assert rules.requires == [(0, 0, 1)]


def test_spread_over_zones() -> None:
    """All zones of the classes are domains, with or without nodes."""
    rules = compiled([f"{W}, {spread()}", DB])
    assert rules.spread == [Spread((0,), (0,), 1, 1, 1, (0, 1, 2))]
    assert rules.topology == [[0], [1], [2]]


def test_spread_that_selects_others() -> None:
    """It counts what its selector selects, whether that is the set itself or not."""
    assert compiled([f"{W}, {spread('db')}", DB]).spread == [Spread((0,), (1,), 1, 1, 1, (0, 1, 2))]


def test_spread_over_hosts() -> None:
    """Of new nodes each is a domain of its own, and how many there are is for the plan; given ones are all there."""
    rules = compiled([f"{W}, {spread(key=HOST, more=', minDomains: 5')}"])
    assert rules.spread == [Spread((0,), (0,), 0, 1, 5, (0, 1, 2))]
    given_ones = compiled([f"{W}, {spread(key=HOST)}"], cluster(ZONES))
    assert given_ones.spread == [Spread((0,), (0,), 1, 1, 1, (0, 1, 2))]


def test_minimum_domains() -> None:
    """With fewer domains than asked for the least count is 0."""
    assert compiled([f"{W}, {spread(more=', minDomains: 3')}"]).spread == [Spread((0,), (0,), 1, 1, 1, (0, 1, 2))]
    assert compiled([f"{W}, {spread(more=', minDomains: 4')}"]).spread == [Spread((0,), (0,), 1, 1, 4, (0, 1, 2))]


def test_domains_of_eligible_nodes_only() -> None:
    """A node selector leaves two zones; pods on other nodes are in no domain; without any domain no node is open."""
    chosen = "nodeSelector: {disk: ssd}"
    nodes = {"n0": "{labels: {zone: a, disk: ssd}}", "n1": "{labels: {zone: b, disk: ssd}}", "n2": ZONES["n2"]}
    rules = compiled([f"{W}, {chosen}, {spread()}"], cluster(nodes, [("n2", f"{{{W}}}")]))
    assert rules.spread == [Spread((0,), (0,), 1, 1, 1, (0, 1))]
    assert rules.topology == [[0], [1], [-1]]
    assert compiled([f"{W}, {chosen}, {spread()}"]).barred == {(0, 0), (0, 1), (0, 2)}


def test_spread_beside_pods_in_place() -> None:
    """Pods in place are an item of their own; a domain that is too full for good takes no more."""
    state = cluster(ZONES, [("n0", f"{{{W}}}")])
    rules = compiled([f"{W}, {spread()}"], state)
    assert rules.standing == [[1, 0, 0]]
    assert rules.spread == [Spread((0,), (0, 1), 1, 1, 1, (0, 1, 2))]
    crowded = cluster(ZONES, [("n0", f"{{{W}}}")] * 5)
    rules = compiled([f"{W}, {spread()}"], crowded)
    assert rules.spread == [Spread((0,), (0,), 1, 1, 1, (1, 2))]
    assert not rules.standing
    assert rules.stricter


@given(st.lists(st.integers(0, 6), min_size=1, max_size=5), st.integers(0, 20))
def test_highest_floor(counts: list[int], more: int) -> None:
    """As when each of them goes to the smallest count."""
    dealt = list(counts)
    for _ in range(more):
        dealt[dealt.index(min(dealt))] += 1
    assert highest_floor(counts, more) == min(dealt)


@given(st.dictionaries(st.integers(0, 5), st.lists(st.integers(0, 5), unique=True), max_size=6))
def test_companions(matching: dict[int, list[int]]) -> None:
    """Each stands beside one that its terms select; from one to the next no circle is longer than one; none is left out that
    could be placed in some order."""
    found = companions(matching, [1] * 6)
    assert set(found) == set(matching)
    placed = set(range(6)) - set(matching)
    grown = True
    while grown:
        ready = {i for i in matching if i not in placed and (i in matching[i] or placed & set(matching[i]))}
        grown, placed = bool(ready), placed | ready
    assert {i for i, beside in found.items() if beside is None} == set(range(6)) - placed
    for i, beside in found.items():
        steps = 0
        while beside is not None and beside in found and beside != i and steps < 7:
            assert beside in matching[i]
            i, beside, steps = beside, found[beside], steps + 1
        assert steps < 7

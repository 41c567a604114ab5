"""The scheduler's filters as plainly as they can be said: one pod, one node, walks over all pods, plain dictionaries.

Nothing here is shared with :mod:`binpack.kubernetes`; objects are what JSON gives, amounts fractions.
"""

from __future__ import annotations

import re
from typing import Any

from tests.kubernetes.naive_requests import amount, counted

Object = dict[str, Any]
Verdict = tuple[str, str, list[str]] | None  # plug-in, code, reasons

UNSCHEDULABLE, UNRESOLVABLE = "Unschedulable", "UnschedulableAndUnresolvable"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
SPREAD = "node(s) didn't match pod topology spread constraints"


class Cluster:
    """Nodes, labels of namespaces, and (pod, node) for every pod in place."""

    def __init__(self, nodes: list[Object], namespaces: dict[str, dict[str, str]]) -> None:
        self.nodes = {node["metadata"]["name"]: node for node in nodes}
        self.namespaces = namespaces
        self.placed: list[tuple[Object, Object]] = []

    def on(self, node: Object) -> list[Object]:
        return [pod for pod, place in self.placed if place is node]


def judge(cluster: Cluster, pod: Object, node: Object) -> Verdict:
    """The first refusal of the node, None where the pod fits."""
    spec = pod["spec"]
    if spec.get("schedulingGates"):
        gates = " ".join(gate["name"] for gate in spec["schedulingGates"])
        return "SchedulingGates", UNRESOLVABLE, [f"waiting for scheduling gates: [{gates}]"]
    names = allowed_names(spec)
    if names is not None and not names:
        return "NodeAffinity", UNRESOLVABLE, ["pod affinity terms conflict"]
    if names is not None and node["metadata"]["name"] not in names:
        return "PreFilter", UNSCHEDULABLE, ["excluded by PreFilter"]
    for rule in (cordon, taints, affinity, ports, resources, disks, spread, between_pods):
        verdict = rule(cluster, pod, node)
        if verdict is not None:
            return verdict
    return None


def cordon(cluster: Cluster, pod: Object, node: Object) -> Verdict:
    taint = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    if node["spec"].get("unschedulable") and not tolerated(pod, taint):
        return "NodeUnschedulable", UNRESOLVABLE, ["node(s) were unschedulable"]
    return None


def tolerated(pod: Object, taint: Object) -> bool:
    for t in pod["spec"].get("tolerations") or []:
        same_effect = not t.get("effect") or t["effect"] == taint["effect"]
        same_key = not t.get("key") or t["key"] == taint["key"]
        same_value = t.get("operator") == "Exists" or t.get("value", "") == taint.get("value", "")
        if same_effect and same_key and same_value:
            return True
    return False


def untolerated(pod: Object, node: Object) -> Object | None:
    for taint in node["spec"].get("taints") or []:
        if taint["effect"] != "PreferNoSchedule" and not tolerated(pod, taint):
            return taint  # type: ignore[no-any-return]
    return None


def taints(cluster: Cluster, pod: Object, node: Object) -> Verdict:
    taint = untolerated(pod, node)
    if taint is not None:
        reason = f"node(s) had untolerated taint {{{taint['key']}: {taint.get('value', '')}}}"
        return "TaintToleration", UNRESOLVABLE, [reason]
    return None


def holds(requirement: Object, labels: dict[str, str]) -> bool:
    key, operator, values = requirement["key"], requirement["operator"], requirement.get("values") or []
    if operator == "Exists":
        return key in labels
    if operator == "DoesNotExist":
        return key not in labels
    if operator == "In":
        return key in labels and labels[key] in values
    if operator == "NotIn":
        return key not in labels or labels[key] not in values
    if key not in labels or not re.fullmatch("[-+]?[0-9]+", labels[key]):
        return False
    return int(labels[key]) > int(values[0]) if operator == "Gt" else int(labels[key]) < int(values[0])


def term_holds(term: Object, node: Object) -> bool:
    expressions, fields = term.get("matchExpressions") or [], term.get("matchFields") or []
    for e in expressions:
        if e["operator"] in ("Gt", "Lt") and not re.fullmatch("[-+]?[0-9]+", e["values"][0]):
            return False
    labels, name = node["metadata"].get("labels") or {}, {"metadata.name": node["metadata"]["name"]}
    matched = all(holds(e, labels) for e in expressions) and all(holds(f, name) for f in fields)
    return bool(expressions or fields) and matched


def node_terms(spec: Object) -> list[Object] | None:
    required = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(REQUIRED)
    return None if required is None else required["nodeSelectorTerms"]


def allowed_names(spec: Object) -> set[str] | None:
    names: set[str] = set()
    for term in node_terms(spec) or [{}]:
        listed = [set(f["values"]) for f in term.get("matchFields") or [] if f["operator"] == "In"]
        if not listed:
            return None
        names |= set.intersection(*listed)
    return names


def admits(spec: Object, node: Object) -> bool:
    labels, terms = node["metadata"].get("labels") or {}, node_terms(spec)
    selected = all(labels.get(key) == value for key, value in (spec.get("nodeSelector") or {}).items())
    return selected and (terms is None or any(term_holds(term, node) for term in terms))


def affinity(cluster: Cluster, pod: Object, node: Object) -> Verdict:
    if not admits(pod["spec"], node):
        return "NodeAffinity", UNRESOLVABLE, ["node(s) didn't match Pod's node affinity/selector"]
    return None


def host_ports(spec: Object) -> list[tuple[str, int, str]]:
    found = []
    init = [c for c in spec.get("initContainers") or [] if c.get("restartPolicy") == "Always"]
    for container in spec["containers"] + init:
        for port in container.get("ports") or []:
            number = port.get("hostPort") or (port["containerPort"] if spec.get("hostNetwork") else 0)
            if number:
                found.append((port.get("protocol") or "TCP", number, port.get("hostIP") or "0.0.0.0"))
    return found


def ports(cluster: Cluster, pod: Object, node: Object) -> Verdict:
    for protocol, number, address in host_ports(pod["spec"]):
        for other in cluster.on(node):
            for p, n, a in host_ports(other["spec"]):
                if (p, n) == (protocol, number) and (a == address or "0.0.0.0" in (a, address)):
                    return "NodePorts", UNSCHEDULABLE, ["node(s) didn't have free ports for the requested pod ports"]
    return None


def resources(cluster: Cluster, pod: Object, node: Object) -> Verdict:
    has = {n: amount(t) * (1000 if n == "cpu" else 1) for n, t in node["status"]["allocatable"].items()}
    there, wanted = cluster.on(node), counted(pod["spec"])
    reasons = ["Too many pods"] if len(there) + 1 > has.get("pods", 0) else []
    code = UNSCHEDULABLE
    basic = ["cpu", "memory", "ephemeral-storage"]
    for name in basic + sorted(set(wanted) - set(basic)):
        if wanted.get(name, 0) > 0:
            used = sum(counted(other["spec"]).get(name, 0) for other in there)
            if wanted[name] > has.get(name, 0) - used:
                reasons.append(f"Insufficient {name}")
                code = UNRESOLVABLE if wanted[name] > has.get(name, 0) else code
    return ("NodeResourcesFit", code, reasons) if reasons else None


def disks(cluster: Cluster, pod: Object, node: Object) -> Verdict:
    """Only Google's disks: two pods share one where both only read."""
    for mine in (v["gcePersistentDisk"] for v in pod["spec"].get("volumes") or []):
        for other in cluster.on(node):
            for theirs in (v["gcePersistentDisk"] for v in other["spec"].get("volumes") or []):
                if mine["pdName"] == theirs["pdName"] and not (mine.get("readOnly") and theirs.get("readOnly")):
                    return "VolumeRestrictions", UNSCHEDULABLE, ["node(s) had no available disk"]
    return None


def selects(selector: Object | None, labels: dict[str, str]) -> bool:
    if selector is None:
        return False
    matched = all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())
    return matched and all(holds(e, labels) for e in selector.get("matchExpressions") or [])


def labels_of(item: Object) -> dict[str, str]:
    return item["metadata"].get("labels") or {}


def spread(cluster: Cluster, pod: Object, node: Object) -> Verdict:
    hard = [c for c in pod["spec"].get("topologySpreadConstraints") or [] if c["whenUnsatisfiable"] == "DoNotSchedule"]
    for constraint in hard:
        verdict = one_spread(cluster, pod, node, constraint, [c["topologyKey"] for c in hard])
        if verdict is not None:
            return verdict
    return None


def one_spread(cluster: Cluster, pod: Object, node: Object, constraint: Object, keys: list[str]) -> Verdict:
    key = constraint["topologyKey"]
    if key not in labels_of(node):
        return "PodTopologySpread", UNRESOLVABLE, [f"{SPREAD} (missing required label)"]
    eligible = [n for n in cluster.nodes.values() if all(k in labels_of(n) for k in keys)]
    if constraint.get("nodeAffinityPolicy", "Honor") == "Honor":
        eligible = [n for n in eligible if admits(pod["spec"], n)]
    if constraint.get("nodeTaintsPolicy", "Ignore") == "Honor":
        eligible = [n for n in eligible if untolerated(pod, n) is None]
    counts = {labels_of(n)[key]: 0 for n in eligible}
    for other, place in cluster.placed:
        if any(place is n for n in eligible) and spread_counts(constraint, pod, other):
            counts[labels_of(place)[key]] += 1
    least = 0 if len(counts) < constraint.get("minDomains", 1) else min(counts.values())
    here = counts.get(labels_of(node)[key], 0) + spread_selects(constraint, pod, labels_of(pod))
    return ("PodTopologySpread", UNSCHEDULABLE, [SPREAD]) if here - least > constraint["maxSkew"] else None


def spread_selects(constraint: Object, pod: Object, labels: dict[str, str]) -> bool:
    keys = [key for key in constraint.get("matchLabelKeys") or [] if key in labels_of(pod)]
    same = all(labels.get(key) == labels_of(pod)[key] for key in keys)
    return same and selects(constraint.get("labelSelector"), labels)


def spread_counts(constraint: Object, pod: Object, other: Object) -> bool:
    if "deletionTimestamp" in other["metadata"] or other["metadata"]["namespace"] != pod["metadata"]["namespace"]:
        return False
    keys = [key for key in constraint.get("matchLabelKeys") or [] if key in labels_of(pod)]
    selector = constraint.get("labelSelector")
    if selector is not None and not keys and not selector.get("matchLabels") and not selector.get("matchExpressions"):
        return False
    return spread_selects(constraint, pod, labels_of(other))


def pod_terms(pod: Object, kind: str) -> list[Object]:
    return ((pod["spec"].get("affinity") or {}).get(kind) or {}).get(REQUIRED) or []  # type: ignore[no-any-return]


def wanted_by(cluster: Cluster, term: Object, owner: Object, other: Object) -> bool:
    """Does a term of ``owner`` select ``other``?"""
    names, by_label = term.get("namespaces") or [], term.get("namespaceSelector")
    if not names and by_label is None:
        names = [owner["metadata"]["namespace"]]
    namespace = other["metadata"]["namespace"]
    if namespace not in names and not selects(by_label, cluster.namespaces[namespace]):
        return False
    if term.get("labelSelector") is None:
        return False
    own, labels = labels_of(owner), labels_of(other)
    if any(key in own and labels.get(key) != own[key] for key in term.get("matchLabelKeys") or []):
        return False
    if any(key in own and labels.get(key) == own[key] for key in term.get("mismatchLabelKeys") or []):
        return False
    return selects(term["labelSelector"], labels)


def together(one: Object, other: Object, key: str) -> bool:
    """Are two nodes in one domain?"""
    return key in labels_of(one) and labels_of(one)[key] == labels_of(other).get(key)


def between_pods(cluster: Cluster, pod: Object, node: Object) -> Verdict:
    if not affinity_holds(cluster, pod, node):
        return "InterPodAffinity", UNRESOLVABLE, ["node(s) didn't match pod affinity rules"]
    for term in pod_terms(pod, "podAntiAffinity"):
        for other, place in cluster.placed:
            if wanted_by(cluster, term, pod, other) and together(place, node, term["topologyKey"]):
                return "InterPodAffinity", UNSCHEDULABLE, ["node(s) didn't match pod anti-affinity rules"]
    for other, place in cluster.placed:
        for term in pod_terms(other, "podAntiAffinity"):
            if wanted_by(cluster, term, other, pod) and together(place, node, term["topologyKey"]):
                return "InterPodAffinity", UNSCHEDULABLE, ["node(s) didn't satisfy existing pods anti-affinity rules"]
    return None


def affinity_holds(cluster: Cluster, pod: Object, node: Object) -> bool:
    terms = pod_terms(pod, "podAffinity")
    if any(term["topologyKey"] not in labels_of(node) for term in terms):
        return False
    places = [p for other, p in cluster.placed if all(wanted_by(cluster, t, pod, other) for t in terms)]
    somewhere = any(term["topologyKey"] in labels_of(place) for place in places for term in terms)
    if not somewhere and all(wanted_by(cluster, term, pod, pod) for term in terms):
        return True
    return all(any(together(place, node, term["topologyKey"]) for place in places) for term in terms)

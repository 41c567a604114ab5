"""Explanations as JSON objects; see ``binpack/cli/schemas/explanation.json``."""

from __future__ import annotations

from typing import Any

from binpack.kubernetes.planning.explain import Explanation, Explanations
from binpack.kubernetes.planning.smallest_changes import MoreNodes, RelaxedRules, SmallerRequest
from binpack.kubernetes.preemption import Victims
from binpack.kubernetes.refusal import Refusal

EXPLANATION_SCHEMA = "binpack.explanation/1"


def explanations_json(found: Explanations, fitting: int) -> dict[str, Any]:
    """One pod of every kind that is pending: what each node says, and each smallest change that helps.

    fitting : pods asked about that have a place. Amounts are integers, CPU in thousandths.
    """
    return {
        "schema": EXPLANATION_SCHEMA,
        "fitting": fitting,
        "pending": [_explanation(each, count) for each, count in found.each],
        "more_nodes_for_all": [{**_nodes(nodes), "proven": proven} for nodes, proven in found.for_all],
    }


def _explanation(each: Explanation, count: int) -> dict[str, Any]:
    return {
        "pod": each.pod.key,
        "count": count,
        "event": each.event,
        "nodes": [_judged(name, refusal) for name, refusal in each.refusals],
        "unresolvable": list(each.unresolvable),
        "helps": {
            "more_nodes": [_nodes(nodes) for nodes in each.nodes],
            "smaller_requests": [_request(change) for change in each.requests],
            "relaxed_rules": [_rules(change) for change in each.rules],
            "both": None if each.both is None else {**_rules(each.both[0]), **_request(each.both[1])},
            "preemption": [_eviction(node, victims) for node, victims in each.preemption.items()],
        },
    }


def _judged(name: str, refusal: Refusal | None) -> dict[str, Any]:
    if refusal is None:
        return {"node": name, "fits": True}
    said = {"plugin": refusal.plugin, "code": refusal.code, "reasons": list(refusal.reasons)}
    return {"node": name, "fits": False, **said}


def _nodes(nodes: MoreNodes) -> dict[str, Any]:
    return {"like": nodes.of.node.name, "count": nodes.count}


def _request(change: SmallerRequest) -> dict[str, Any]:
    return {"node": change.node, "less": dict(change.less)}


def _eviction(node: str, victims: Victims) -> dict[str, Any]:
    return {"node": node, "pods": [pod.key for pod in victims.pods], "budgets_broken": victims.violations}


def _rules(change: RelaxedRules) -> dict[str, Any]:
    words = [rule.words for rule in change.rules]
    return {"rules": words, "nodes": list(change.nodes), "smallest": change.smallest}

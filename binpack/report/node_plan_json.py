"""Plans of nodes for Kubernetes as JSON objects; see ``binpack/cli/schemas/node_plan.json`` and ``placement.json``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from binpack.kubernetes.planning.current_fleet import Fleet
from binpack.kubernetes.planning.given_nodes import Placed
from binpack.kubernetes.planning.planner import NodePlan
from binpack.kubernetes.pod import Pod
from binpack.report.node_plan_text import unavailable

NODE_PLAN_SCHEMA = "binpack.node-plan/1"
PLACEMENT_SCHEMA = "binpack.placement/1"


def node_plan_json(plan: NodePlan) -> dict[str, Any]:
    """Every node with its pods; ``order``: pods and nodes as the scheduler's filters accept them. Amounts are integers."""
    solution = plan.solution
    cost, least = plan.cost_per_month, plan.cost_lower_bound_per_month
    return {
        "schema": NODE_PLAN_SCHEMA,
        "status": solution.status,
        "nodes": [
            {
                "name": n.node.name,
                "type": n.of.type_name,
                "labels": dict(n.node.labels),
                "allocatable": dict(n.node.allocatable),
                "pods": [{"name": pod.key, "requests": dict(pod.template.amounts)} for pod in n.pods],
            }
            for n in plan.nodes
        ],
        "lower_bound": solution.lower_bound,
        "cost_per_month": None if cost is None else cost / 10**6,
        "cost_lower_bound_per_month": None if least is None else least / 10**6,
        "order": _order(plan.accepted.order),
        "unplaced": [{"pods": pods.key, "count": pods.copies, "reasons": reasons} for pods, reasons in plan.unplaced],
        "reason": solution.reason,
        "stricter_than_the_scheduler": list(plan.rules.stricter),
    }


def comparison_json(fleet: Fleet, plan: NodePlan) -> dict[str, Any]:
    """The plan, and beside it what runs now, by type."""
    cost = fleet.cost_per_month
    current = {"nodes": len(fleet.nodes), "by_type": fleet.counts}
    return {**node_plan_json(plan), "current": {**current, "cost_per_month": None if cost is None else cost / 10**6}}


def placement_json(placed: Placed) -> dict[str, Any]:
    """Who goes where, in an order that the filters accept, and who stays pending, with the scheduler's words."""
    return {
        "schema": PLACEMENT_SCHEMA,
        "proven": placed.proven,
        "order": _order(placed.order),
        "pending": [
            {"pod": pod.key, "reasons": reasons, "message": unavailable(reasons, placed.nodes)}
            for pod, reasons in placed.pending
        ],
        "default_scheduler": [{"pod": each.pod.key, "node": each.node} for each in placed.by_scheduler],
    }


def _order(order: Sequence[tuple[Pod, str]]) -> list[dict[str, str]]:
    return [{"pod": pod.key, "node": node} for pod, node in order]

"""Plans of nodes for Kubernetes as JSON objects; see ``binpack/cli/schemas/node_plan.json`` and ``placement.json``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from binpack.kubernetes.planning.bill import Answer, Bill, priced_plan
from binpack.kubernetes.planning.cost_shares import PricedNode, namespace_costs
from binpack.kubernetes.planning.current_fleet import Fleet
from binpack.kubernetes.planning.given_nodes import Placed
from binpack.kubernetes.planning.planner import NodePlan
from binpack.kubernetes.pod import Pod
from binpack.report.node_plan_survival import survival_json
from binpack.report.node_plan_text import unavailable

NODE_PLAN_SCHEMA = "binpack.node-plan/1"
PLACEMENT_SCHEMA = "binpack.placement/1"


def node_plan_json(answer: Answer) -> dict[str, Any]:
    """The answer: every node with its pods; ``order``: pods and nodes as the scheduler's filters accept them. Amounts are
    integers, money units of the currency. What runs now and the plan by usage are there where they are known."""
    found = _plan(answer.plan, answer.bill)
    if answer.fleet is not None:
        found["current"] = _current(answer.fleet, answer)
    if answer.by_usage is not None:
        found["by_usage"] = _plan(answer.by_usage, answer.bill)
    return found


def _plan(plan: NodePlan, bill: Bill) -> dict[str, Any]:
    solution = plan.solution
    priced = priced_plan(plan)
    costs: list[int | None] = [each.cost for each in priced] or [None] * len(plan.nodes)
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
                "cost_per_month": _money(node_cost),
                "pods": [{"name": pod.key, "requests": dict(pod.template.amounts)} for pod in n.pods],
            }
            for n, node_cost in zip(plan.nodes, costs, strict=True)
        ],
        "lower_bound": solution.lower_bound,
        "cost_per_month": _money(cost),
        "cost_lower_bound_per_month": _money(least),
        "total_per_month": _money(bill.total(cost)),
        "total_lower_bound_per_month": _money(bill.total(least)),
        "currency": bill.currency,
        "cluster_fee_per_month": _money(bill.fee),
        "namespaces": _namespaces(priced) if plan.priced else None,
        "assumed": list(bill.stated),
        "order": _order(plan.accepted.order),
        "unplaced": [{"pods": pods.key, "count": pods.copies, "reasons": reasons} for pods, reasons in plan.unplaced],
        "reason": solution.reason,
        "stricter_than_the_scheduler": list(plan.rules.stricter),
        "survival": None if plan.survival is None else survival_json(plan.survival),
    }


def _current(fleet: Fleet, answer: Answer) -> dict[str, Any]:
    cost = fleet.cost_per_month
    return {
        "nodes": len(fleet.nodes),
        "by_type": fleet.counts,
        "cost_per_month": _money(cost),
        "total_per_month": _money(answer.bill.total(cost)),
        "namespaces": _namespaces(answer.running) if fleet.priced else None,
    }


def _namespaces(nodes: Sequence[PricedNode]) -> list[dict[str, Any]]:
    """Namespaces, the dearest first, and nodes without pods under an empty name: together what the nodes cost."""
    costs, empty = namespace_costs(nodes)
    rows = [(name, each.pods, each.cost.total, each.cost.idle) for name, each in costs.items()]
    rows += [("", 0, empty, empty)] if empty else []
    return [
        {"namespace": name, "pods": pods, "cost_per_month": _money(total), "idle_per_month": _money(idle)}
        for name, pods, total, idle in rows
    ]


def _money(micro: int | None) -> float | None:
    return None if micro is None else micro / 10**6


def placement_json(placed: Placed, nodes: Sequence[PricedNode], bill: Bill) -> dict[str, Any]:
    """Who goes where, in an order that the filters accept once the evicted pods are gone, and who stays pending, with the
    scheduler's words.

    nodes : with all pods on them, where prices are known: what they cost then.
    """
    cost = {
        "currency": bill.currency,
        "cost_per_month": _money(sum(node.cost for node in nodes)),
        "cluster_fee_per_month": _money(bill.fee),
        "namespaces": _namespaces(nodes),
        "assumed": list(bill.stated),
    }
    return {
        "schema": PLACEMENT_SCHEMA,
        "proven": placed.proven,
        "evicted": [
            {"pod": each.pod.key, "node": each.node, "breaks_budget": each.breaks_budget} for each in placed.evicted
        ],
        "order": _order(placed.order),
        "pending": [
            {"pod": pod.key, "reasons": reasons, "message": unavailable(reasons, placed.nodes)}
            for pod, reasons in placed.pending
        ],
        "cost": cost if nodes else None,
        "default_scheduler": [
            {"pod": each.pod.key, "node": each.node, "evicts": [pod.key for pod in each.evicted]}
            for each in placed.by_scheduler
        ],
    }


def _order(order: Sequence[tuple[Pod, str]]) -> list[dict[str, str]]:
    return [{"pod": pod.key, "node": node} for pod, node in order]

"""A plan of nodes as CSV: a pod a row, in the order in which the scheduler accepts them, with its node and what it pays."""

from __future__ import annotations

import csv
import io

from binpack.kubernetes.planning.bill import priced_plan
from binpack.kubernetes.planning.cost_shares import CostShare, pod_shares
from binpack.kubernetes.planning.planner import NodePlan

COLUMNS = ("pod", "namespace", "node", "type", "cost_per_month", "idle_per_month")


def node_plan_csv(plan: NodePlan) -> str:
    """Money in units of the currency; ``cost_per_month`` holds the part of idle room, ``idle_per_month``. Nodes without pods
    follow, a row each, so that the costs add up to that of all nodes. Empty without prices."""
    shares: dict[str, CostShare] = {}
    empty: dict[str, int] = {}
    for priced in priced_plan(plan):
        shares |= {pod.key: share for pod, share in zip(priced.pods, pod_shares(priced), strict=True)}
        if not priced.pods:
            empty[priced.node.name] = priced.cost
    types = {planned.node.name: planned.of.type_name for planned in plan.nodes}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for pod, node in plan.accepted.order:
        share = shares.get(pod.key)
        money = ("", "") if share is None else (_money(share.total), _money(share.idle))
        writer.writerow((pod.key, pod.template.namespace, node, types[node], *money))
    for node, cost in empty.items():
        writer.writerow(("", "", node, types[node], _money(cost), _money(cost)))
    return stream.getvalue()


def _money(micro: int) -> str:
    """Exact, without a float on the way."""
    return f"{micro // 10**6}.{micro % 10**6:06}"

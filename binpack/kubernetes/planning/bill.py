"""Bill: what a fleet and the plans in its place cost a month, the cluster's own fee included, and what that rests on."""

from __future__ import annotations

from dataclasses import dataclass, field

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.planning.cost_shares import PricedNode
from binpack.kubernetes.planning.current_fleet import Fleet
from binpack.kubernetes.planning.planner import NodePlan
from binpack.kubernetes.pod import Pod
from binpack.machines.price import price_per_month


@dataclass(frozen=True)
class Bill:
    """currency : of every amount. fee : of the cluster, in micro-units a month. stated : what the amounts rest on and what
    is assumed, a line each."""

    currency: str = "USD"
    fee: int = 0
    stated: tuple[str, ...] = ()

    def total(self, cost: int | None) -> int | None:
        """Nodes and fee; None without prices."""
        return None if cost is None else cost + self.fee


@dataclass(frozen=True)
class Answer:
    """A plan by requests with its bill, and beside it, where they are known, what runs now (with the pods on each node) and
    a plan for what pods use instead of what they request."""

    plan: NodePlan
    bill: Bill = field(default_factory=Bill)
    fleet: Fleet | None = None
    running: tuple[PricedNode, ...] = ()
    by_usage: NodePlan | None = None


def priced_plan(plan: NodePlan) -> list[PricedNode]:
    """The plan's nodes with their costs a month; none without prices."""
    if not plan.priced:
        return []
    return [PricedNode(n.node, price_per_month(n.of.price), n.pods) for n in plan.nodes]


def priced_fleet(fleet: Fleet, state: ClusterState) -> tuple[PricedNode, ...]:
    """The nodes that run now with their costs a month and the pods on them; none without prices."""
    if not fleet.priced:
        return ()
    on: dict[str, list[Pod]] = {node.name: [] for node in fleet.nodes}
    for pod, name in state.pods():
        on[name].append(pod)
    return tuple(
        PricedNode(node, price_per_month(fleet.classes[k].price), on[node.name])
        for node, k in zip(fleet.nodes, fleet.of, strict=True)
    )

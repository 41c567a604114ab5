"""What a plan of nodes costs as text: step by step from what runs now, namespace by namespace, and what that rests on."""

from __future__ import annotations

from collections.abc import Sequence

from binpack.kubernetes.planning.bill import Answer, Bill, priced_plan
from binpack.kubernetes.planning.cost_shares import CostShare, NamespaceCost, PricedNode, namespace_costs
from binpack.kubernetes.planning.planner import NodePlan
from binpack.report.figures import dollars, number, table
from binpack.report.wrapping import lines_of

USD = "USD"
_SHOWN = 12  # namespaces, one by one


def money(micro: int | None, currency: str) -> str:
    """Whole units of a currency: ``$1,234`` or ``EUR 1,234``."""
    return dollars(micro) if currency == USD or micro is None else dollars(micro).replace("$", f"{currency} ")


def proof(plan: NodePlan) -> str:
    """Whether anything cheaper exists, as far as is known: ``proven``, or ``>=`` the bound."""
    if plan.solution.status == "optimal" or plan.solution.statistics.cost_proven:
        return "proven"
    return plan.solution.status if plan.solution.status == "infeasible" else ""


def step_lines(answer: Answer) -> list[str]:
    """What runs now, what its pods need by their requests, and by what they use: nodes, cost, bound, and what each step
    saves of the one before. Empty if there is only one step."""
    steps = [("packed by requests", answer.plan)]
    if answer.by_usage is not None:
        steps.append(("packed by usage", answer.by_usage))
    if answer.fleet is None and len(steps) == 1:
        return []
    rows, before = [], None
    if answer.fleet is not None:
        before = _worth(len(answer.fleet.nodes), answer.bill.total(answer.fleet.cost_per_month))
        rows.append(["now", number(len(answer.fleet.nodes)), *_cost(answer.fleet.cost_per_month, answer.bill), "", ""])
    for name, plan in steps:
        worth = _worth(len(plan.nodes), answer.bill.total(plan.cost_per_month))
        nodes = number(len(plan.nodes)) if plan.nodes else "-"
        saves = "" if before is None or not plan.nodes else _saved(before, worth)
        rows.append([name, nodes, *_cost(plan.cost_per_month, answer.bill), _bound(plan, answer.bill), saves])
        before = worth if plan.nodes else None
    priced = answer.plan.priced
    header = ["", "nodes", *(["a month"] if priced else []), "at least", "saves"]
    return table(header, rows, (0,))


def _cost(micro: int | None, bill: Bill) -> list[str]:
    return [] if micro is None else [money(bill.total(micro), bill.currency)]


def _worth(nodes: int, cost: int | None) -> int:
    return nodes if cost is None else cost


def _bound(plan: NodePlan, bill: Bill) -> str:
    if proof(plan):
        return proof(plan)
    least = plan.cost_lower_bound_per_month
    return number(plan.solution.lower_bound) if least is None else money(bill.total(least), bill.currency)


def _saved(before: int, after: int) -> str:
    return f"{1 - after / before:.1%}" if before else ""


RULE = "A pod pays by its dominant share of its node; idle is what no pod of the node requests."


def namespace_lines(answer: Answer, width: int) -> list[str]:
    """What each namespace pays, now and planned, and how much of that is its part of idle room; the dearest first."""
    planned = priced_plan(answer.plan)
    if not planned:
        return []
    columns = [("now", answer.running), ("planned", planned)]
    if answer.by_usage is not None:
        columns.append(("by usage", priced_plan(answer.by_usage)))
    return namespace_table(columns, answer.bill, width)


def namespace_table(columns: Sequence[tuple[str, Sequence[PricedNode]]], bill: Bill, width: int) -> list[str]:
    """A column of costs, and one of idle room, for each fleet that has any nodes."""
    shown = [(name, namespace_costs(nodes)) for name, nodes in columns if nodes]
    names = list(dict.fromkeys(name for _, (costs, _) in shown for name in costs))
    rows = [[name, *_cells([costs.get(name) for _, (costs, _) in shown], bill)] for name in names[:_SHOWN]]
    rest = names[_SHOWN:]
    if rest:
        sums = [_sum([costs[name] for name in rest if name in costs]) for _, (costs, _) in shown]
        rows.append([f"{len(rest)} more", *_cells(sums, bill)])
    if any(empty for _, (_, empty) in shown):
        rows.append(["nodes without pods", *_cells([_empty(empty) for _, (_, empty) in shown], bill)])
    header = ["namespace", *(cell for name, _ in shown for cell in (name, "of it idle"))]
    return [*table(header, rows, (0,)), *lines_of(RULE, width)]


def _cells(costs: Sequence[NamespaceCost | None], bill: Bill) -> list[str]:
    return [
        money(amount, bill.currency)
        for each in costs
        for amount in ((None, None) if each is None else (each.cost.total, each.cost.idle))
    ]


def _sum(costs: Sequence[NamespaceCost]) -> NamespaceCost:
    total = CostShare(sum(c.cost.requested for c in costs), sum(c.cost.idle for c in costs))
    return NamespaceCost(sum(c.pods for c in costs), total)


def _empty(cost: int) -> NamespaceCost:
    return NamespaceCost(0, CostShare(0, cost))


def stated_lines(bill: Bill, width: int) -> list[str]:
    """What is assumed, and what the amounts rest on."""
    fee = [f"the cluster's fee, {money(bill.fee, bill.currency)} a month, is in every total and in no namespace"]
    said = [*bill.stated, *(fee if bill.fee else [])]
    return [line for text in said for line in lines_of(text, width, "assumed  ", " " * 9)]

"""What a plan of nodes costs as text: step by step from what runs now, namespace by namespace, and what that rests on."""

from __future__ import annotations

from collections.abc import Sequence

from binpack.kubernetes.planning.bill import Answer, Bill, priced_plan
from binpack.kubernetes.planning.cost_shares import CostShare, NamespaceCost, PricedNode, namespace_costs
from binpack.kubernetes.planning.planner import NodePlan
from binpack.report.figures import dollars, number, table
from binpack.report.wrapping import lines_of

USD = "USD"
RULE = "A pod pays by its dominant share of its node; idle is what no pod of the node requests."
_SHOWN = 12  # namespaces, one by one


def money(micro: int | None, currency: str) -> str:
    """Whole units of a currency: ``$1,234`` or ``EUR 1,234``."""
    return dollars(micro) if currency == USD or micro is None else dollars(micro).replace("$", f"{currency} ")


def step_lines(answer: Answer) -> list[str]:
    """What runs now, what its pods need by their requests, and by what they use: nodes, cost, bound, and what each step
    saves of the one before. Empty if there is only one step."""
    bill, priced = answer.bill, answer.plan.priced
    steps: list[tuple[str, int, int | None, str]] = []
    if answer.fleet is not None:
        steps.append(("now", len(answer.fleet.nodes), bill.total(answer.fleet.cost_per_month), ""))
    plans = [("packed by requests", answer.plan), ("packed by usage", answer.by_usage)]
    for name, plan in plans:
        if plan is not None:
            steps.append((name, len(plan.nodes), bill.total(plan.cost_per_month), _bound(plan, bill)))
    if len(steps) < 2:
        return []
    rows = []
    before = 0
    for name, nodes, cost, bound in steps:
        worth = (cost if priced else nodes) or 0  # 0 without a plan
        saves = f"{1 - worth / before:.1%}" if before and worth else ""
        rows.append([name, number(nodes or None), *([money(cost, bill.currency)] if priced else []), bound, saves])
        before = worth
    return table(["", "nodes", *(["a month"] if priced else []), "at least", "saves"], rows, (0,))


def _bound(plan: NodePlan, bill: Bill) -> str:
    if plan.solution.status == "optimal" or plan.solution.statistics.cost_proven:
        return "proven"
    if not plan.nodes:
        return plan.solution.status
    least = bill.total(plan.cost_lower_bound_per_month)
    return number(plan.solution.lower_bound) if least is None else money(least, bill.currency)


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
    """A column of costs for each fleet that has any nodes, and one of its idle room where there is space."""
    shown = [(name, *namespace_costs(nodes)) for name, nodes in columns if nodes]
    names = list(dict.fromkeys(name for _, costs, _ in shown for name in costs))
    rows = [(name, [costs.get(name) for _, costs, _ in shown]) for name in names[:_SHOWN]]
    if rest := names[_SHOWN:]:
        rows.append((f"{len(rest)} more", [_sum([costs[n] for n in rest if n in costs]) for _, costs, _ in shown]))
    if any(empty for *_, empty in shown):
        rows.append(("nodes without pods", [NamespaceCost(0, CostShare(0, empty)) for *_, empty in shown]))
    for idle in (True, False):
        header = [cell for name, *_ in shown for cell in ((name, "of it idle") if idle else (name,))]
        cells = [[name, *_cells(costs, bill, idle)] for name, costs in rows]
        lines = table(["namespace", *header], cells, (0,))
        if max(map(len, lines)) <= width:
            break
    return [*lines, *lines_of(RULE, width)]


def _cells(costs: Sequence[NamespaceCost | None], bill: Bill, idle: bool) -> list[str]:
    amounts = [(None, None) if each is None else (each.cost.total, each.cost.idle) for each in costs]
    return [money(amount, bill.currency) for pair in amounts for amount in (pair if idle else pair[:1])]


def _sum(costs: Sequence[NamespaceCost]) -> NamespaceCost:
    total = CostShare(sum(c.cost.requested for c in costs), sum(c.cost.idle for c in costs))
    return NamespaceCost(sum(c.pods for c in costs), total)


def stated_lines(bill: Bill, width: int) -> list[str]:
    """What is assumed, and what the amounts rest on."""
    fee = [f"the cluster's fee, {money(bill.fee, bill.currency)} a month, is in every total and in no namespace"]
    said = [*bill.stated, *(fee if bill.fee else [])]
    return [line for text in said for line in lines_of(text, width, "assumed  ", " " * 9)]

"""Plans of nodes for Kubernetes as text: how many, of which, what is on each, what stays pending and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from binpack.kubernetes.planning.bill import Answer, Bill
from binpack.kubernetes.planning.cost_shares import PricedNode
from binpack.kubernetes.planning.current_fleet import Fleet
from binpack.kubernetes.planning.given_nodes import Placed
from binpack.kubernetes.planning.node_class import requested
from binpack.kubernetes.planning.planner import NodePlan, PlannedNode
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.refusal import histogram
from binpack.report.eviction_lines import eviction_blocks, placed_words, proof_words, scheduler_words
from binpack.report.figures import bar, counted
from binpack.report.node_plan_money import money, namespace_lines, namespace_table, stated_lines, step_lines
from binpack.report.node_plan_survival import survival_lines
from binpack.report.pod_copies import copies, set_of, with_count
from binpack.report.wrapping import lines_of, unbroken
from binpack.units import CPU, MEMORY, format_amount

_RANGES = 4  # of names that are listed for equal nodes
_SHOWN = 12  # pending pods, one by one


def node_plan_text(answer: Answer, title: str, width: int, everything: bool = False) -> str:
    """New nodes: the total, what each namespace pays, then equal nodes together, or each by itself with ``everything``."""
    plan = answer.plan
    blocks = [lines_of(_plan_head(plan, answer.bill, title), width)]
    blocks += [step_lines(answer), namespace_lines(answer, width)]
    for pods, reasons in plan.unplaced:
        words = unavailable(reasons, len(plan.classes)).replace("nodes are", "kinds of nodes are")
        blocks.append(lines_of(f"unplaced {with_count(pods.key, pods.copies)}: {words}", width))
    if plan.nodes:
        blocks.append(_use([(n, 1) for n in plan.nodes], width))
        groups = _grouped(plan.nodes, everything)
        blocks += [_node_lines(group, width) for group in groups]
        if len(groups) < len(plan.nodes):
            blocks.append(["Equal nodes stand together; --all lists each by itself."])
        said = "The scheduler's filters accept every pod on its node, in the order that --format json gives."
        blocks.append(lines_of(said, width))
    else:
        blocks.append(lines_of(f"unplaced {plan.solution.reason or 'no plan was found in the time'}", width))
    if plan.survival is not None:
        blocks.append(survival_lines(plan.survival, width))
    if plan.rules.stricter:
        words = "; ".join(plan.rules.stricter)
        blocks.append(lines_of(f"stricter than the scheduler, which the bound does not look behind: {words}", width))
    blocks.append(stated_lines(answer.bill, width))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def comparison_text(answer: Answer, fleet: Fleet, title: str, width: int, everything: bool = False) -> str:
    """What the cluster runs on now against the plan, type by type; then the plan."""
    plan, bill = answer.plan, answer.bill
    cost, planned = bill.total(fleet.cost_per_month), bill.total(plan.cost_per_month)
    head = f"{title} runs on {counted(len(fleet.nodes), 'node')}"
    head += f", {money(cost, bill.currency)} a month" if cost is not None else ""
    if plan.nodes:
        left = sum(pods.copies for pods, _ in plan.unplaced)
        head += f"; {len(plan.nodes)} " + (f"hold all but {counted(left, 'pod')}" if left else "suffice")
        if cost is not None and planned is not None:
            head += f", {money(planned, bill.currency)}, {_saved(planned, cost)}"
    blocks = [lines_of(head, width), _by_type(answer, fleet)]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n\n" + node_plan_text(answer, title, width, everything)


def _by_type(answer: Answer, fleet: Fleet) -> list[str]:
    plans = [("planned", answer.plan), *([("by usage", answer.by_usage)] if answer.by_usage else [])]
    counts = [(name, Counter(n.of.type_name for n in plan.nodes)) for name, plan in plans]
    kinds = list(dict.fromkeys([*fleet.counts, *(kind for _, count in counts for kind in count)]))
    name = max((len(kind) for kind in kinds), default=0)
    cells = [[("now", fleet.counts.get(kind, 0)), *((said, count[kind]) for said, count in counts)] for kind in kinds]
    return [
        f"  {kind:<{name}}" + "".join(f"  {amount:5,} {said}" for said, amount in row)
        for kind, row in zip(kinds, cells, strict=True)
    ]


def _saved(planned: int, cost: int) -> str:
    share = 1 - planned / cost if cost else 0.0
    return f"{share:.0%} less" if share >= 0 else f"{-share:.0%} more"


def placement_text(
    placed: Placed, title: str, width: int, nodes: Sequence[PricedNode] = (), bill: Bill | None = None
) -> str:
    """Given nodes: how many pods found one, where, and what stays pending, with what the default scheduler would do.

    nodes : with all pods on them, where prices are known; then what each namespace pays is said as well.
    """
    waiting = len(placed.order) + len(placed.pending)
    head = (
        f"{title}: {len(placed.order)} of {counted(waiting, 'waiting pod')} placed on {counted(placed.nodes, 'node')}"
    )
    head = f"{head}{placed_words(placed)} ({proof_words(placed)}); {scheduler_words(placed)}"
    blocks = [lines_of(head, width), *eviction_blocks(placed, width)]
    if placed.order:
        on: dict[str, list[Pod]] = {}
        for pod, node in placed.order:
            on.setdefault(node, []).append(pod)
        blocks.append(
            [line for node, pods in sorted(on.items(), key=_by_number) for line in _listed(node, pods, width)]
        )
    blocks += [_pending_lines(placed, placed.nodes, width)] if placed.pending else []
    if nodes and bill is not None:
        blocks += [namespace_table([("a month", nodes)], bill, width), stated_lines(bill, width)]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def unavailable(reasons: Mapping[str, int], nodes: int) -> str:
    """As the scheduler's event has it: how many nodes there are, and how many refuse for each reason."""
    return f"0/{nodes} nodes are available: {histogram(reasons)}."


def _plan_head(plan: NodePlan, bill: Bill, title: str) -> str:
    solution = plan.solution
    prices = {c.price for c in plan.classes}
    better = "cheaper" if len(prices) > 1 else "smaller"
    proof = {
        "optimal": f"proven: nothing {better} exists",
        "infeasible": "not everything fits",
    }.get(solution.status, _at_least(plan, bill))
    if solution.status != "optimal" and solution.statistics.cost_proven:
        proof = "proven: nothing cheaper exists"
    pods = sum(pods.copies for pods in plan.sets)
    left = sum(pods.copies for pods, _ in plan.unplaced)
    total = bill.total(plan.cost_per_month)
    cost = "" if total is None else f", {money(total, bill.currency)} a month"
    out = f"; {counted(left, 'pod')} unplaced" if left else ""
    return f"{title}: {counted(pods, 'pod')} on {counted(len(plan.nodes), 'node')}{cost} ({proof}){out}"


def _at_least(plan: NodePlan, bill: Bill) -> str:
    least = bill.total(plan.cost_lower_bound_per_month)
    return f"at least {plan.solution.lower_bound if least is None else money(least, bill.currency)}"


def _grouped(nodes: Sequence[PlannedNode], everything: bool) -> list[list[PlannedNode]]:
    alike: dict[object, list[PlannedNode]] = {}
    for n, planned in enumerate(nodes):
        content = frozenset(copies(planned.pods).items())
        alike.setdefault(n if everything else (planned.of.node.name, content), []).append(planned)
    return list(alike.values())


def _node_lines(group: Sequence[PlannedNode], width: int) -> list[str]:
    first = group[0]
    names = ", ".join(n.node.name for n in group[:_RANGES]) + (", ..." if len(group) > _RANGES else "")
    each = f" ({len(group)} of the same)" if len(group) > 1 else ""
    return [*lines_of(f"{names}{each}", width), *_use([(first, 1)], width), *_listed("", first.pods, width)]


def _by_number(entry: tuple[str, list[Pod]]) -> list[tuple[str, int]]:
    """Names in the order in which people count: node-2 before node-10."""
    return [(text, int(digits or 0)) for text, digits in re.findall(r"(\D*)(\d*)", entry[0])]


def _listed(head: str, pods: Sequence[Pod], width: int) -> list[str]:
    shown = (unbroken(with_count(name, count)) for name, count in copies(pods).items())
    return lines_of(f"{head}: {', '.join(shown)}" if head else ", ".join(shown) or "nothing", width, "  ", "    ")


def _use(nodes: Sequence[tuple[PlannedNode, int]], width: int) -> list[str]:
    """A line for each resource that pods ask for: the share used, how much, of how much."""
    used: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for planned, times in nodes:
        for resource, amount in planned.node.allocatable.items():
            whole[resource] += amount * times
        for pod in planned.pods:
            for resource, amount in requested(pod.template).items():
                used[resource] += amount * times
    order = [CPU, MEMORY, *sorted(set(used) - {CPU, MEMORY, "pods"}), "pods"]
    rows = [(resource, used[resource], whole[resource]) for resource in order if used[resource] and whole[resource]]
    name = max((len(resource) for resource, *_ in rows), default=0)
    return [
        f"  {resource:<{name}} {amount / there:4.0%} {bar(amount, there):<10} "
        f"{format_amount(resource, amount)} of {format_amount(resource, there)}"
        for resource, amount, there in rows
    ]


def _pending_lines(placed: Placed, nodes: int, width: int) -> list[str]:
    alike: dict[tuple[str, str], int] = {}
    for pod, reasons in placed.pending:
        key = (set_of(pod) or pod.key, unavailable(reasons, nodes))
        alike[key] = alike.get(key, 0) + 1
    lines = []
    for (name, words), count in list(alike.items())[:_SHOWN]:
        lines += lines_of(f"pending  {with_count(name, count)}: {words}", width, "", " " * 9)
    return lines + ([f"pending  and {len(alike) - _SHOWN} more"] if len(alike) > _SHOWN else [])

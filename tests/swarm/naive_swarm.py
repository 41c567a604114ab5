"""Swarm's scheduler as plainly as it can be said: lists of tasks on nodes, everything counted anew for every question.

Nothing here is shared with :mod:`binpack.swarm` but the descriptions of services and nodes.
"""

from __future__ import annotations

from binpack.swarm.service import Service
from binpack.swarm.swarm_node import SwarmNode

Tasks = dict[str, list[Service]]  # node -> tasks on it


def first_refusal(task: Service, node: SwarmNode, tasks: Tasks) -> str:
    """The rule that refuses a node, empty where none does."""
    on = tasks[node.name]
    cpu = node.has.nano_cpus - sum(other.reserves.nano_cpus for other in on)
    memory = node.has.memory - sum(other.reserves.memory for other in on)
    wants = task.reserves
    lacks = cpu < wants.nano_cpus or memory < wants.memory
    for kind, number in wants.generic.items():
        taken = sum(other.reserves.generic.get(kind, 0) for other in on)
        lacks = lacks or kind not in node.has.generic or node.has.generic[kind] - taken < number
    if node.state != "ready" or node.availability != "active":
        return "{} not available for new tasks"
    if (wants.nano_cpus or wants.memory or wants.generic) and lacks:
        return "insufficient resources on {}"
    if not all(holds(str(constraint).split(" ", 2), node) for constraint in task.constraints):
        return "scheduling constraints not satisfied on {}"
    names = {"x86_64": "amd64", "aarch64": "arm64"}
    own = (node.os, names.get(node.architecture, node.architecture))
    wanted = [(p.os or own[0], names.get(p.architecture, p.architecture) or own[1]) for p in task.platforms]
    if wanted and own not in wanted:
        return "unsupported platform on {}"
    if any(port in other.host_ports for other in on for port in task.host_ports):
        return "host-mode port already in use on {}"
    if task.max_replicas and sum(other.name == task.name for other in on) >= task.max_replicas:
        return "max replicas per node limit exceed"
    return ""


def holds(constraint: list[str], node: SwarmNode) -> bool:
    key, sign, value = constraint
    known = {"node.hostname": node.name, "node.role": node.role, "node.id": node.id, "node.platform.os": node.os}
    if key.lower() in known:
        found = known[key.lower()]
    elif key.lower().startswith("node.labels."):
        found = node.labels.get(key[12:], "")
    elif key.lower().startswith("engine.labels."):
        found = node.engine_labels.get(key[14:], "")
    else:
        return False
    return (found.lower() == value.lower()) == (sign == "==")


def explain(task: Service, nodes: list[SwarmNode], tasks: Tasks) -> str:
    refusals = [first_refusal(task, node, tasks) for node in nodes]
    order = [
        "{} not available for new tasks", "insufficient resources on {}", "scheduling constraints not satisfied on {}",
        "unsupported platform on {}", "host-mode port already in use on {}", "max replicas per node limit exceed",
    ]  # fmt: skip
    said = sorted((words for words in order if words in refusals), key=lambda words: -refusals.count(words))
    numbers = {1: "1 node"} | {n: f"{n} nodes" for n in range(2, len(nodes) + 1)}
    return "; ".join(words.format(numbers[refusals.count(words)]) for words in said)


def greedy(services: list[Service], nodes: list[SwarmNode]) -> tuple[Tasks, dict[str, int]]:
    """Every task alone to the accepted node with the fewest tasks of its service, then the fewest in all, then by name.

    So it is on an empty swarm without preferences. The tasks on every node, and how many of each service wait.
    """
    tasks: Tasks = {node.name: [] for node in nodes}
    waiting: dict[str, int] = {}
    for one in services:
        for k in range(one.replicas):
            accepted = [node for node in nodes if not first_refusal(one, node, tasks)]
            if not accepted:
                waiting[one.name] = one.replicas - k
                break
            best = min(accepted, key=lambda node: (_of(one, tasks, node), len(tasks[node.name]), node.name))
            tasks[best.name].append(one)
    return tasks, waiting


def _of(one: Service, tasks: Tasks, node: SwarmNode) -> int:
    return sum(other.name == one.name for other in tasks[node.name])


def place_group(one: Service, number: int, nodes: list[SwarmNode], tasks: Tasks) -> int:
    """A group of tasks over the tree of preferences, each level's counts taken before anything is placed; how many wait."""
    before = {node.name: _of(one, tasks, node) for node in nodes}
    levels = [p for p in one.preferences if p.lower().startswith(("node.labels.", "engine.labels."))]
    best = sorted(
        (node for node in nodes if not first_refusal(one, node, tasks)),
        key=lambda node: (before[node.name], len(tasks[node.name]), node.name),
    )
    left = [number]

    def branch(some: list[SwarmNode], depth: int, n: int) -> int:
        if depth == len(levels):
            mine = [node for node in best if node in some][:number]
            return rows(mine, n)
        values = sorted({value(levels[depth], node) for node in some})
        parts = {v: [node for node in some if value(levels[depth], node) == v] for v in values}
        had = {v: sum(before[node.name] for node in parts[v]) for v in values}
        open_, done, moved = list(values), 0, True
        while done != n and open_ and moved:
            moved = False
            to_share = sum(had[v] for v in open_) + n - done
            each, extra = to_share // len(open_), to_share % len(open_)
            for v in list(open_):
                if had[v] < each or (had[v] == each and extra > 0):
                    moved = True
                    wish = each - had[v] + (1 if extra > 0 else 0)
                    got = branch(parts[v], depth + 1, wish)
                    done += got
                    if got < wish:
                        open_.remove(v)
                    elif extra > 0:
                        extra -= 1
        return done

    def rows(mine: list[SwarmNode], n: int) -> int:
        """Stay with a node while the next is no better; after the last node, in turn; nodes that refuse are left out."""
        line = sorted(
            (node for node in mine if not first_refusal(one, node, tasks)),
            key=lambda node: (_of(one, tasks, node), len(tasks[node.name]), node.name),
        )
        placed, at, out = 0, 0, set[str]()
        while line and left[0] and placed < n:
            here = line[at % len(line)]
            tasks[here.name].append(one)
            left[0] -= 1
            placed += 1
            rank = {node.name: (_of(one, tasks, node), len(tasks[node.name])) for node in line}
            if at >= len(line) - 1 or rank[line[at + 1].name] < rank[here.name]:
                at += 1
            for _ in line:
                there = line[at % len(line)]
                if there.name not in out and not first_refusal(one, there, tasks):
                    break
                out.add(there.name)
                at += 1
            else:
                break
        return placed

    branch(nodes, 0, number)
    return left[0]


def value(preference: str, node: SwarmNode) -> str:
    if preference.lower().startswith("node."):
        return node.labels.get(preference[12:], "")
    return node.engine_labels.get(preference[14:], "")

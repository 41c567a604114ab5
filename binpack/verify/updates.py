"""Whether what a row says of updates without downtime follows from its plan: who stops, and who has room beside."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

from binpack.verify.charges import copy_charges
from binpack.verify.facts import KUBERNETES, ORCHESTRATED, Facts
from binpack.verify.machines import held, on_demand, taken
from binpack.verify.nodes import agents_on, nodes_in
from binpack.workload.application import Application
from binpack.workload.scaling import Share

Json = Mapping[str, Any]

SWARM = "docker_swarm"


class Box(NamedTuple):
    """A node: its machine's entry, kernel family, what is left of each resource (None: any), copies on its machine."""

    machine: Json
    os: str
    left: Mapping[str, int | None]
    copies: Counter[str]


def update_faults(row: Json, plan: Json, facts: Facts) -> Iterator[str]:
    """At most one fault: another answer than the plan's. Nothing where a copy's needs are not computed again: of a stranger,
    without amounts, by curves, or in a VM of its own beside containers."""
    said = row["updates_without_downtime"]
    if (fault := _fault(said, plan, facts)) is not None:
        yield f"updates without downtime: {said}, though {fault}"


def _fault(said: str, plan: Json, facts: Facts) -> str | None:
    """What is wrong with an answer."""
    era, placed = plan["era"], [a for a in facts.applications.values() if not a.job]
    if era not in ORCHESTRATED:
        return None if said == "no" else f"nobody replaces copies in the era {era}"
    if not _computable(placed, plan, facts):
        return None
    if plan["unplaced"]:
        return None if said == "no" else "copies are unplaced"
    boxes = [box for machine in plan["machines"] for box in _boxes(machine, era, facts)]
    stopped = [a.key for a in placed if _missing(era, a, a.replicas) >= a.replicas > 0]
    stopped += [agent.key for agent in facts.agents if _agent_stops(era, agent, boxes)]
    if stopped:
        return None if said == "no" else f"{stopped[0]} stops"
    lacking = [a for a in placed if _starts_first(era, a, a.replicas) and not _has_room(era, a, boxes, facts)]
    return _answer(said, lacking, plan, facts)


def _computable(placed: Sequence[Application], plan: Json, facts: Facts) -> bool:
    """Whether what one more copy of each application takes follows from the amounts that are known."""
    strangers = any(i["application"] not in facts.applications for m in plan["machines"] for i in m["instances"])
    unsized = any(a.curves or (plan["era"] == SWARM and a.isolation == "vm") for a in placed)
    return bool(facts.overheads) and not strangers and not unsized


def _answer(said: str, lacking: Sequence[Application], plan: Json, facts: Facts) -> str | None:
    """What is wrong with an answer where these have no room: one machine may help all of them, and each at least itself."""
    more = re.fullmatch(r"with (\d+) more machines?", said)
    if not lacking:
        return None if said == "yes" else "every new copy has room"
    helpless = [a.key for a in lacking if _beyond_help(a, plan, facts)]
    if said == "no":
        return None if helpless else "machines like those that there are would help"
    if more is None or helpless:
        return f"{(helpless or [lacking[0].key])[0]} has no room for a new copy"
    return None if 1 <= int(more[1]) <= len(lacking) else f"{len(lacking)} new copies have no room"


def _beyond_help(application: Application, plan: Json, facts: Facts) -> bool:
    """Whether it follows others, or may stand on no type of which there is one more once everybody has taken theirs."""
    if any(other != application.key for other in application.placement.together_with):
        return True
    used: Counter[str] = Counter()
    mine = set()
    for machine in plan["machines"]:
        used[machine["type"]] += machine["count"]
        mine |= {machine["type"] for i in machine["instances"] if i["application"] == application.key}
    stock = {name: facts.machines[name].available for name in mine}
    return all(number is not None and used[name] >= number for name, number in stock.items())


def _starts_first(era: str, application: Application, copies: int) -> bool:
    """Whether something is replaced, and nothing may be missing meanwhile."""
    kept = 0 if application.update is None else application.update.kept
    return copies > kept and _missing(era, application, copies) == 0


def _missing(era: str, application: Application, copies: int) -> int:
    """Copies that are away at once at the most."""
    asked = application.update
    if asked is None:
        if application.agent:
            return min(1, copies)
        return int(copies > 1) if era == SWARM else copies // 4
    beside = _share(asked.surge, copies, ceil)
    away = _share(asked.unavailable, copies, ceil if application.agent else floor)
    away = 1 if beside == away == 0 else away
    return max(0, min(away, copies - asked.kept))


def _share(share: Share, copies: int, rounded: Any) -> int:
    return int(rounded(Fraction(share.number * copies, 100))) if share.percent else share.number


def _agent_stops(era: str, agent: Application, boxes: Sequence[Box]) -> bool:
    """Whether no node keeps it, or one has no room for a second copy of it."""
    on = [b for b in boxes if agents_on([agent], b.os, b.machine["labels"].get("kubernetes.io/arch", "amd64"))]
    nodes = sum(box.machine["count"] for box in on)
    if _missing(era, agent, nodes) >= nodes > 0:
        return True
    needs = Counter(agent.size) + Counter({"pods": int(era in KUBERNETES)})
    return _starts_first(era, agent, nodes) and not all(_fits(needs, box) for box in on)


def _boxes(machine: Json, era: str, facts: Facts) -> Iterator[Box]:
    copies: Counter[str] = Counter()
    for instance in machine["instances"]:
        copies[instance["application"]] += instance["count"]
    if not facts.on_vms(era):
        promised = facts.promised(era)
        left: dict[str, int | None] = {
            r: None
            if on_demand(machine, r)
            else int(machine["capacity"].get(r, 0) * promised.get(r, 1)) - taken(machine, r)
            for r in {*machine["capacity"], "disk"}
        }
        yield Box(machine, machine["labels"].get("kubernetes.io/os", "linux"), left, copies)
        return
    promised, gone = facts.promised_in_vms(era), held(machine)
    for vm, _, os in nodes_in(machine, facts):
        left = {r: int(a * promised.get(r, 1)) - gone[vm["name"], r] for r, a in vm["capacity"].items()}
        left.setdefault("disk", None)
        yield Box(machine, os, left, copies)


def _has_room(era: str, application: Application, boxes: Sequence[Box], facts: Facts) -> bool:
    around = ("vm",) if facts.on_vms(era) else ()
    needs = Counter(application.size)
    for (_, resource), amount in copy_charges(era, application, 1, around, facts).items():
        needs[resource] += amount
    needs["pods"] += int(era in KUBERNETES)
    return any(box.os == application.os and _fits(needs, box) and _bears(box, application, facts) for box in boxes)


def _fits(needs: Mapping[str, int], box: Box) -> bool:
    for resource, amount in needs.items():
        left = box.left.get(resource, 0)
        if amount and left is not None and left < amount:
            return False
    return True


def _bears(box: Box, application: Application, facts: Facts) -> bool:
    """Whether one more copy breaks no rule of its own, and none of those that stand on the machine."""
    key, rules = application.key, application.placement
    after = box.copies + Counter([key])
    if rules.max_per_host is not None and after[key] > rules.max_per_host:
        return False
    if application.isolation == "machine" and box.copies:
        return False
    labels = {**box.machine["labels"], "kubernetes.io/os": box.os}
    if any(labels.get(name, value) != value for name, value in rules.node_selector.items()):
        return False
    if any(other != key and not box.copies[other] for other in rules.together_with):
        return False
    pairs = [(application, other) for other in box.copies]
    pairs += [(facts.applications[other], key) for other in box.copies if other != key]
    return not any(
        other in one.placement.apart_from
        or after[other] > one.placement.most_beside.get(other, after[other])
        or (one is not application and one.isolation == "machine")
        for one, other in pairs
    )

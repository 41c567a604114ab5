"""``update`` of an application in the project's own YAML.

update: {surge: 25%, unavailable: 0, kept: 2, pause: 10s}
"""

from __future__ import annotations

from binpack.workload.durations import duration_text, read_duration
from binpack.workload.native_values import check_keys, count
from binpack.workload.node import Node
from binpack.workload.shares import read_share
from binpack.workload.update_strategy import STOP_ONE, UpdateStrategy

UPDATE_KEYS = ("surge", "unavailable", "kept", "pause")


def read_update(node: Node | None) -> UpdateStrategy | None:
    """The strategy; for what it does not say, one copy is stopped after the other."""
    if node is None:
        return None
    check_keys(node, UPDATE_KEYS)
    surge, unavailable, pause = node.find("surge"), node.find("unavailable"), node.find("pause")
    asked = STOP_ONE.surge if surge is None else read_share(surge, "copies")
    missing = STOP_ONE.unavailable if unavailable is None else read_share(unavailable, "copies", most=100)
    kept = count(node, "kept", 0)
    wait = 0 if pause is None else read_duration(pause)
    if not asked.number and not missing.number:
        raise node.error("surge 0 and unavailable 0", "at least one of them above 0")
    return UpdateStrategy(asked, missing, kept, wait)


def update_entries(update: UpdateStrategy) -> dict[str, str]:
    """What reads back as the strategy."""
    entries = {"surge": str(update.surge)} if update.surge != STOP_ONE.surge else {}
    entries["unavailable"] = str(update.unavailable)
    if update.kept:
        entries["kept"] = str(update.kept)
    if update.pause:
        entries["pause"] = duration_text(update.pause)
    return entries

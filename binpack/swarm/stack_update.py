"""``deploy.update_config`` and ``rollback_config`` of a stack file."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TypeVar

from binpack.swarm.update_config import FAILURE_ACTIONS, ORDERS, UpdateConfig
from binpack.workload.compose_amounts import Text, read_count
from binpack.workload.durations import read_duration
from binpack.workload.node import Node

Word = TypeVar("Word", bound=str)
_RATIO = re.compile(r"[0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18}")


def read_update_config(service: Node, key: str, text: Text) -> UpdateConfig:
    """The configuration, Swarm's default for what it does not say; a ``monitor`` of 0 is the default too."""
    node, usual = service.find("deploy", key), UpdateConfig()
    if node is None:
        return usual
    parallelism, delay = node.find("parallelism"), node.find("delay")
    monitor, ratio = node.find("monitor"), node.find("max_failure_ratio")
    return UpdateConfig(
        usual.parallelism if parallelism is None else read_count(parallelism, text, "tasks at a time"),
        usual.delay if delay is None else read_duration(delay, text),
        (0 if monitor is None else read_duration(monitor, text)) or usual.monitor,
        usual.max_failure_ratio if ratio is None else _read_ratio(ratio, text),
        _read_word(node.find("failure_action"), text, FAILURE_ACTIONS),
        _read_word(node.find("order"), text, ORDERS),
    )


def _read_ratio(node: Node, text: Text) -> Fraction:
    written = text(node).strip()
    ratio = Fraction(written.removesuffix(".")) if _RATIO.fullmatch(written) else None
    if ratio is None or ratio > 1:
        raise node.error(node.describe(), "a share of tasks from 0 to 1", "such as 0.1")
    return ratio


def _read_word(node: Node | None, text: Text, words: tuple[Word, ...]) -> Word:
    """One of the words, the first where nothing is said."""
    if node is None:
        return words[0]
    for word in words:
        if text(node) == word:
            return word
    raise node.error(node.describe(), f"one of {', '.join(words)}")

"""Workloads that a real scheduler has placed: no plan needs more nodes, where these workloads are at hand."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from bench.kubernetes.planning import result

WORKLOADS = Path(__file__).resolve().parents[3] / "../shared/data/planning/deployments.jsonl.gz"


@pytest.mark.skipif(not WORKLOADS.is_file(), reason="no ../shared/data/planning beside the checkout")
def test_never_more_nodes_than_the_scheduler() -> None:
    """Of the three smallest workloads every pod is accepted where the plan has it."""
    cases = [json.loads(line) for line in gzip.decompress(WORKLOADS.read_bytes()).splitlines()]
    for case in sorted(cases, key=lambda case: case["pods"])[:3]:
        found = result(case, time_limit=20)
        assert not found.refused
        assert found.nodes is not None
        assert max(found.bound, found.volume) <= found.nodes <= found.scheduler

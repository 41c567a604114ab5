"""Pods on AWS instances with delegated prefixes: as AWS's own calculator recommends them."""

from __future__ import annotations

import pytest

from binpack.machines.catalogue import load_catalogue
from binpack.machines.machine_type import MachineType
from binpack.machines.prefix_delegation import with_prefix_delegation


@pytest.mark.parametrize(
    ("threads", "addresses", "pods"),
    [(2, 29, 110), (2, 8, 98), (30, 58, 110), (32, 234, 250), (96, 737, 250), (1, 4, 34)],
)
def test_recommended_pods(threads: int, addresses: int, pods: int) -> None:
    """(ENIs x (addresses - 1) x 16) + 2, at most 110, or 250 with more than 30 threads."""
    machine = MachineType("m", {"cpu": threads * 1000}, provider="aws", max_pods=addresses)
    assert with_prefix_delegation(machine).max_pods == pods


def test_others_are_as_they_were() -> None:
    """Only AWS delegates prefixes, and only types whose addresses are known change."""
    catalogue = load_catalogue()
    for machine in (*catalogue.group("gcp"), MachineType("m", {"cpu": 2000}, provider="aws")):
        assert with_prefix_delegation(machine) == machine
    for machine in catalogue.group("aws"):
        changed = with_prefix_delegation(machine).max_pods
        assert changed is not None
        assert changed <= 250
